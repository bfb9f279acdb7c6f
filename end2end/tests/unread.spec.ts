import { expect, test } from "../support/test.ts";
import { hydrated } from "../support/page.ts";

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
