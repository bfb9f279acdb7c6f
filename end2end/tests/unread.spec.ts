import { expect, test } from "../support/test.ts";
import { go, hydrated, submit } from "../support/page.ts";

test("what is new is counted in the list, on the title and on the icon, and goes when it is read in another tab", async ({ ada, bob }) => {
  const slug = await ada.createRoom("Garden", "", "Public");
  await bob.room.enter(slug);
  await bob.room.open("lobby");
  await hydrated(bob.page);
  const elsewhere = await bob.tab();
  await elsewhere.open("lobby");
  await hydrated(elsewhere.page);
  await ada.room.open(slug);
  await hydrated(ada.page);
  for (const text of ["One", "Two", "Three"]) await ada.room.say(text);
  await ada.room.expectAllStored();

  for (const { page } of [bob, elsewhere]) {
    const link = page.locator(`.nav-link[href="/r/${slug}"]`);
    await expect(link).toHaveClass(/nav-link--new/);
    await expect(link.locator(".nav-count")).toContainText("3");
    await expect(page).toHaveTitle(/^\(3\) /);
    await expect(page.locator('link[rel="icon"]')).toHaveAttribute("href", "/favicon-new.svg");
  }

  await bob.page.bringToFront();
  await bob.page.locator(`.nav-link[href="/r/${slug}"]`).click();
  await expect(bob.page.locator(".new-line")).toBeVisible();
  for (const { page } of [bob, elsewhere]) {
    await expect(page.locator(`.nav-link[href="/r/${slug}"] .nav-count`)).toHaveCount(0);
    await expect(page).not.toHaveTitle(/^\(/);
    await expect(page.locator('link[rel="icon"]')).toHaveAttribute("href", "/favicon.svg");
  }
  // The line stays until one leaves.
  await expect(bob.page.locator(".new-line")).toBeVisible();
  await bob.page.locator('.nav-link[href="/r/lobby"]').click();
  await bob.page.locator(`.nav-link[href="/r/${slug}"]`).click();
  await expect(bob.page.locator(".new-line")).toHaveCount(0);
});

test("a message marks the room as unread from there, until one leaves and comes back", async ({ ada, bob }) => {
  const slug = await ada.createRoom("Garden", "", "Public");
  await ada.room.open(slug);
  await hydrated(ada.page);
  await bob.room.enter(slug);
  for (const text of ["One", "Two"]) await ada.room.say(text);
  await ada.room.expectAllStored();
  await bob.room.expectMessages(["One", "Two"]);
  await bob.page.bringToFront();
  await bob.room.scroller.focus();
  await bob.page.keyboard.press("End");
  await bob.page.keyboard.press("ArrowUp");
  await expect(bob.room.message("One")).toBeFocused();
  await bob.page.keyboard.press("u");
  const count = bob.page.locator(`.nav-link[href="/r/${slug}"] .nav-count`);
  await expect(count).toContainText("2");
  await expect(bob.page.locator(".new-line")).toBeVisible();
  await bob.page.keyboard.press("Escape");
  await expect(count).toHaveCount(0);
});

test("what was read a moment before one leaves is read", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await go(bob.page, "/threads");
  await ada.seed(room, 60);
  await bob.page.reload();
  const count = bob.page.locator(`.nav-link[href="/r/${room}"] .nav-count`);
  await expect(count).toContainText("60");
  await bob.room.open(room);
  await bob.room.listens();
  // What is read is said now and then, and just has been.
  const left = bob.page.waitForURL(/\/bookmarks$/);
  await bob.room.scroller.evaluate(async (box) => {
    for (const step of [0.6, 0.8, 1]) {
      box.scrollTop = step * box.scrollHeight;
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    }
    location.assign("/bookmarks");
  });
  await left;
  await expect(async () => {
    await go(bob.page, "/threads");
    await expect(count).toHaveCount(0, { timeout: 500 });
  }).toPass();
});

test("a room shows as much of what is new as one has chosen there: what calls one, nothing, everything", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  const link = bob.page.locator(`.nav-link[href="/r/${room}"]`);
  const choose = async (level: string): Promise<void> => {
    await go(bob.page, `/r/${room}/notifications`);
    await bob.page.getByLabel(level).check();
    const saved = bob.page.waitForResponse(/set_level/);
    await submit(bob.page);
    await saved;
  };
  // What stands there when the lobby is opened anew, and has counted all that was said.
  const shows = async (count: RegExp | null, title: RegExp): Promise<void> => {
    await ada.room.expectAllStored();
    await bob.room.open("lobby");
    const counted = link.locator(".nav-count");
    await (count ? expect(counted).toHaveText(count) : expect(counted).toHaveCount(0));
    await expect(bob.page).toHaveTitle(title);
  };

  await choose("What calls me");
  await ada.room.say("The kettle is on");
  await shows(null, /^[^(]/);
  await expect(link).not.toHaveClass(/nav-link--new/);
  await ada.room.say(`Tea, @${bob.username}?`);
  // While one looks, too.
  await expect(link.locator(".nav-count--calls")).toHaveText(/^1 for you/);
  await expect(link).toHaveClass(/nav-link--new/);
  await shows(/^1 for you/, /^\(1\) /);

  await choose("Nothing");
  await shows(null, /^[^(]/);
  await ada.room.say(`It gets cold, @${bob.username}!`);
  await shows(null, /^[^(]/);
  await expect(link).not.toHaveClass(/nav-link--new/);

  await choose("Everything");
  await shows(/^2 for you/, /^\(3\) /);
});

test("who is not to be disturbed sees nothing new on title and icon, in pages that are open too, until they change it", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await bob.room.open("lobby");
  await ada.room.say("The kettle is on");
  const icon = bob.page.locator('link[rel="icon"]');
  await expect(bob.page).toHaveTitle(/^\(1\) /);
  const { page: settings } = await bob.tab();
  const choose = async (lasts: string): Promise<void> => {
    await go(settings, "/settings/profile");
    await settings.getByLabel("Do not disturb").selectOption(lasts);
    const saved = settings.waitForResponse(/set_availability/);
    await settings.locator('form[action$="set_availability"] .button').click();
    await saved;
  };
  for (const lasts of ["Until I change it", "For an hour"]) {
    await choose(lasts);
    for (const page of [bob.page, settings]) await expect(page).not.toHaveTitle(/^\(/);
    await expect(icon).toHaveAttribute("href", "/favicon.svg");
    await expect(bob.page.locator(`.nav-link[href="/r/${room}"] .nav-count`)).toHaveText(/^1/);
    await choose("No: I may be disturbed");
    await expect(bob.page).toHaveTitle(/^\(1\) /);
    await expect(icon).toHaveAttribute("href", "/favicon-new.svg");
  }
});
