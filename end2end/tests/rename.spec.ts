import { expect, test } from "../support/test.ts";
import { BACK, go, hydrated, submit } from "../support/page.ts";

test("a room that its owner renames follows everywhere: here, in lists, in titles, for guests", async ({ ada, bob, arrive }) => {
  const slug = await ada.createRoom("Garden", "Green things", "Public");
  await bob.room.enter(slug);
  await bob.room.say("Hello, garden");
  const guest = await arrive("Guest");
  await guest.room.open(slug);
  await hydrated(guest.page);
  // In the list of a tab that stands in another room.
  const elsewhere = await bob.tab();
  await elsewhere.open("lobby");
  await hydrated(elsewhere.page);
  // Its socket is there: what is sent before that would not reach it.
  await elsewhere.say("Is anybody here?");
  await elsewhere.expectAllStored();

  await ada.room.more.click();
  await ada.page.getByRole("link", { name: "Settings" }).click();
  await expect(ada.page.getByLabel("Name")).toHaveValue("Garden");
  await ada.page.getByLabel("Name").fill("Herb garden");
  await ada.page.getByLabel("Topic").fill("Thyme & sage");
  await submit(ada.page);
  await expect(ada.page).toHaveURL(new RegExp(`/r/${slug}$`));
  await expect(ada.page.getByRole("heading", { level: 1 })).toHaveText("Herb garden");

  for (const { page } of [bob, guest]) {
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Herb garden");
    await expect(page.locator(".room-topic")).toHaveText("Thyme & sage");
    await expect(page).toHaveTitle("Herb garden · Snug");
    await expect(page.locator('meta[property="og:title"]')).toHaveAttribute("content", /Herb garden/);
    await expect(page.locator(`.nav-link[href="/r/${slug}"]`)).toHaveText("Herb garden");
    await expect(page.getByRole("log")).toHaveAttribute("aria-label", "Messages in Herb garden");
  }
  await expect(bob.page.getByRole("textbox", { name: "Message to Herb garden" })).toBeVisible();
  await expect(elsewhere.page.locator(`.nav-link[href="/r/${slug}"]`)).toHaveText("Herb garden");
  await bob.room.expectMessages(["Hello, garden"]);
});

test("a rename that happened while one was away is there when one is back", async ({ ada, bob, problems }) => {
  problems.allowOutage();
  const slug = await ada.createRoom("Garden", "", "Public");
  await bob.room.enter(slug);
  bob.line.cut();
  await go(ada.page, `/r/${slug}/settings`);
  await ada.page.getByLabel("Name").fill("Orchard");
  await submit(ada.page);
  await expect(ada.page.getByRole("heading", { level: 1 })).toHaveText("Orchard");
  bob.line.mend();
  await expect(bob.page.getByRole("heading", { level: 1 })).toHaveText("Orchard", BACK);
});

test("who is not the owner has no way to rename it", async ({ ada, bob, problems }) => {
  const slug = await ada.createRoom("Garden", "", "Public");
  await bob.room.enter(slug);
  await bob.room.more.click();
  await expect(bob.page.getByRole("link", { name: "Settings" })).toHaveCount(0);
  problems.allow(/403/);
  await bob.page.goto(`/r/${slug}/settings`);
  await expect(bob.page.getByText("An owner can.")).toBeVisible();
});
