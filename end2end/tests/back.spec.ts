import type { Page } from "@playwright/test";
import { go, submit } from "../support/page.ts";
import { PASSWORD } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

// The browser of these tests keeps pages in its memory and shows them again as they were left.

test.beforeEach(({ problems }) => problems.allow(/status of 40\d/));

/** Leaves a mark that only the very same document still has. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { marked: true }));
const isMarked = (page: Page) => page.evaluate(() => "marked" in window);

test("the browser of these tests keeps pages: a guest's comes back as it was", async ({ page }) => {
  await go(page, "/register");
  await mark(page);
  await page.goto("/login");
  // Playwright's own way back waits for a page to load, and this one does not.
  await page.evaluate(() => setTimeout(() => history.back()));
  await expect(page).toHaveURL(/register/);
  expect(await isMarked(page)).toBe(true);
});

test("back after signing out does not show the private room", async ({ ada, room }) => {
  await ada.room.say("between us");
  await ada.room.expectMessages(["between us"]);
  await ada.auth.signOut.click();
  await expect(ada.page).toHaveURL(/\/$/);
  await ada.page.goBack();
  await expect(ada.page).toHaveURL(new RegExp(`/r/${room}$`));
  await expect(ada.page.getByText("Nobody home")).toBeVisible();
  await expect(ada.page.getByText("between us")).toHaveCount(0);
});

test("back after signing out elsewhere does not show what a document held", async ({ ada, room }) => {
  await go(ada.page, `/r/${room}/settings`);
  await ada.page.getByLabel("Topic").fill("half a thought");
  await ada.page.goto("/login");
  const other = await ada.tab();
  await other.open(room);
  await other.page.getByRole("button", { name: "Sign out" }).click();
  await expect(other.page).toHaveURL(/\/$/);
  await ada.page.goBack();
  await expect(ada.page.getByText("Nobody home")).toBeVisible();
});

test("without a script neither", async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/register");
  await page.getByLabel("User name").fill("quiet-one");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await submit(page);
  await page.goto("/rooms/new");
  await page.getByLabel("Name").fill("Quiet room");
  await page.getByLabel(/^Open/).check();
  await submit(page);
  await page.locator(".composer textarea").fill("between us");
  await page.locator(".composer-send").click();
  await expect(page.getByText("between us")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goBack();
  await expect(page.getByText("Nobody home")).toBeVisible();
  await expect(page.getByText("between us")).toHaveCount(0);
  await context.close();
});

/** Some browsers keep a page whatever its headers say. */
test("a member's page that comes out of the browser's memory hides itself and is loaded anew", async ({ ada }) => {
  await go(ada.page, "/rooms/new");
  await mark(ada.page);
  await ada.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await expect(ada.page.locator("html")).toBeHidden();
  await ada.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect(ada.page.getByLabel("Name")).toBeVisible();
  expect(await isMarked(ada.page)).toBe(false);
});

/** The names of what the pages keep in this browser. */
const kept = (page: Page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("snug.")));

for (const by of ["the header", "the script"] as const) {
  test(`drafts, unsent messages and the token go with a sign-out, by ${by}`, async ({ ada, room: _ }) => {
    if (by === "the script") {
      // As on a connection that is not secure: there browsers pass over the header.
      await ada.page.route("**/api/fn/logout", async (route) => {
        const answer = await route.fetch({ maxRedirects: 0 });
        const { "clear-site-data": _, ...headers } = answer.headers();
        await route.fulfill({ response: answer, headers });
      });
    }
    await ada.room.composer.fill("half a thought");
    await expect.poll(() => kept(ada.page)).toContainEqual(expect.stringContaining("snug.draft."));
    await expect.poll(() => kept(ada.page)).toContain("snug.token");
    await ada.auth.signOut.click();
    await expect(ada.page).toHaveURL(/\/$/);
    await expect.poll(() => kept(ada.page)).toEqual([]);
  });
}

test("a sign-out that fails takes nothing away", async ({ ada, server, problems }) => {
  problems.allowOutage();
  await ada.room.composer.fill("half a thought");
  await expect.poll(() => kept(ada.page)).toContainEqual(expect.stringContaining("snug.draft."));
  await server.stop("SIGTERM");
  await ada.auth.signOut.click();
  await expect(ada.page).toHaveURL(/chrome-error|logout/);
  await server.start();
  await go(ada.page, "/r/lobby");
  await expect(ada.room.composer).toHaveValue("half a thought");
});
