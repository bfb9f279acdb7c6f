import { go } from "../support/page.ts";
import { RoomPage } from "../support/room-page.ts";
import { expect, test } from "../support/test.ts";

test("a guest reads a public room, live", async ({ page, ada }) => {
  const said = `hello from ${ada.username}`;
  const guest = new RoomPage(page);
  await guest.open("lobby");
  await ada.room.say(said);
  await expect(guest.message(said)).toBeVisible();
  await expect(guest.composer).toBeHidden();
  await page.locator(".join-bar a").first().click();
  await expect(page).toHaveURL(/\/login\?next=\/r\/lobby/);
});

test("a public room introduces itself to search engines", async ({ page, server }) => {
  await page.goto("/r/lobby");
  await expect(page).toHaveTitle(/Lobby/);
  await expect(page.locator('meta[name="description"]')).toHaveAttribute("content", /.+/);
  await expect(page.locator('meta[property="og:title"]')).toHaveAttribute("content", /Lobby/);
  await expect(page.locator('link[rel="canonical"]')).toHaveAttribute("href", new RegExp(`^${server.url}/r/lobby$`));
});

test("a room that is closed to a stranger looks like one that does not exist", async ({ page, room, problems }) => {
  problems.allow(/status of 404/);
  const closed = await page.request.get(`/r/${room}`);
  const missing = await page.request.get("/r/no-such-room");
  expect([closed.status(), missing.status()]).toEqual([404, 404]);
  // All but what differs in every answer.
  const constant = (html: string, slug: string) => html.replaceAll(slug, "SLUG").replace(/nonce="[^"]*"/g, "");
  expect(constant(await closed.text(), room)).toBe(constant(await missing.text(), "no-such-room"));
});

test("an unknown address is a 404 that leads home", async ({ page, problems }) => {
  problems.allow(/status of 404/);
  const answer = await page.goto("/nothing/here");
  expect(answer?.status()).toBe(404);
  await page.locator('main a[href="/"]').first().click();
  await expect(page).toHaveURL(/\/$/);
});

test("the home page leads a guest to a room and to an account", async ({ page }) => {
  await go(page, "/");
  await expect(page.locator('main a[href="/r/lobby"]').first()).toBeVisible();
  await expect(page.locator('a[href^="/register"]').first()).toBeVisible();
});
