import type { Locator, Page } from "@playwright/test";
import { submit } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

// These tests run with JavaScript off: plain pages and forms.

const PASSWORD = "four words make sense";
let people = 0;

async function register(page: Page, displayName: string): Promise<string> {
  people += 1;
  const username = `plain${people}`;
  await page.goto("/register");
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Display name").fill(displayName);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await submit(page);
  await expect(page).toHaveURL(/\/r\/lobby/);
  return username;
}

async function createRoom(page: Page, name: string): Promise<void> {
  await page.goto("/rooms/new");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel(/^Public/).check();
  await submit(page);
  await expect(page.locator(".room-name")).toHaveText(name);
}

async function send(page: Page, text: string): Promise<void> {
  await page.locator(".composer textarea").fill(text);
  await page.locator(".composer-send").click();
  await expect(page).toHaveURL(/#m\d+$/);
}

test("register, talk, sign out and sign in again", async ({ page }) => {
  const username = await register(page, "Grace");
  await send(page, "Written **without** a script.");
  const message = page.locator(".message").last();
  await expect(message.locator(".message-body")).toHaveText("Written without a script.");
  await expect(message.locator(".message-author")).toHaveText("Grace");

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("link", { name: "Sign in" }).first()).toBeVisible();
  await page.goto("/login?next=/r/lobby");
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await submit(page);
  await expect(page).toHaveURL(/\/r\/lobby/);
  await expect(page.locator(".composer textarea")).toBeVisible();
});

test("what is wrong stands beside its field, and what was typed stays", async ({ page }) => {
  await page.goto("/register");
  await page.getByLabel("User name").fill("a!");
  await page.getByLabel("Display name").fill("Somebody");
  await page.getByLabel("Password", { exact: true }).fill("some words of mine");
  await submit(page);
  const username = page.getByLabel("User name");
  await expect(username).toHaveAccessibleDescription(/Use only letters/);
  await expect(username).toHaveValue("a!");
  await expect(page.getByLabel("Display name")).toHaveValue("Somebody");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
});

test("a wrong password is said where one signs in", async ({ page }) => {
  await page.goto("/login?next=/r/lobby");
  await page.getByLabel("User name").fill("nobody-at-all");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await submit(page);
  await expect(page.getByText("User name or password is wrong")).toBeVisible();
  await expect(page.getByLabel("User name")).toHaveValue("nobody-at-all");
  expect(page.url()).not.toContain("not%20the");
});

test("join, leave and join again", async ({ page, browser, server }) => {
  await register(page, "Host");
  await createRoom(page, "Plain hall");
  const context = await browser.newContext({ baseURL: server.url });
  const visitor = await context.newPage();
  await register(visitor, "Visitor");
  await visitor.goto("/r/plain-hall");
  await visitor.getByRole("button", { name: /^join/i }).first().click();
  await send(visitor, "in");
  await visitor.getByRole("button", { name: "About this room" }).click();
  await visitor.getByRole("button", { name: "Leave…" }).click();
  await visitor.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(visitor.locator(".composer textarea")).toHaveCount(0);
  await expect(visitor.getByRole("button", { name: /^join/i }).first()).toBeVisible();
  await context.close();
});

test("page back through the history, and forth", async ({ page }) => {
  test.slow();
  await register(page, "Writer");
  await createRoom(page, "Long tale");
  for (let part = 1; part <= 55; part += 1) await send(page, `part ${part}`);
  await page.goto("/r/long-tale");
  const bodies = page.locator(".message-body");
  await expect(bodies).toHaveCount(50);
  await expect(bodies.last()).toBeInViewport();
  await page.locator(".older").click();
  await expect(bodies.first()).toHaveText("part 1");
  await expect(bodies).toHaveCount(5);
  await page.locator(".newer").click();
  await expect(bodies.last()).toHaveText("part 55");
});

test("a form that is sent twice makes one message", async ({ page }) => {
  await register(page, "Twice");
  await createRoom(page, "Once only");
  const form = await page.locator("form.composer").evaluate((element) => {
    const composer = element as HTMLFormElement;
    return { action: composer.action, fields: Object.fromEntries(new FormData(composer)) as Record<string, string> };
  });
  const headers = { origin: new URL(page.url()).origin, accept: "text/html" };
  for (let time = 0; time < 2; time += 1) {
    const answer = await page.request.post(form.action, { form: { ...form.fields, body: "once" }, headers });
    expect(answer.ok()).toBe(true);
  }
  await page.goto("/r/once-only");
  await expect(page.locator(".message")).toHaveCount(1);
});

test("a permalink shows and marks its message", async ({ page }) => {
  await register(page, "Linker");
  await createRoom(page, "Links");
  await send(page, "the one");
  await send(page, "the other");
  await page.locator(".message", { hasText: "the one" }).locator(".message-time").click();
  await expect(page).toHaveURL(/\/r\/links\/m\/\d+/);
  await expect(page.locator(".message--focus")).toHaveText(/the one/);
});

test("a stranger reads the lobby and is shown the way in", async ({ page }) => {
  await page.goto("/r/lobby");
  await expect(page.locator(".room-name")).toHaveText("Lobby");
  await expect(page.getByText("Times are in UTC.")).toBeVisible();
  await expect(page.locator(".composer textarea")).toHaveCount(0);
  await page.locator(".join-bar a").first().click();
  await expect(page).toHaveURL(/\/login\?next=\/r\/lobby/);
});

test("the colours can be chosen", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  await page.getByRole("button", { name: /dark/i }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a message that is refused comes back with the reason", async ({ page, problems }) => {
  problems.allow(/status of 422/);
  await register(page, "Verbose");
  const long = `\n${"x".repeat(8_000)} y`;
  await page.locator(".composer textarea").fill(long);
  await page.locator(".composer-send").click();
  await expect(page.locator(".composer textarea")).toHaveValue(long);
  await expect(page.locator(".composer textarea")).toHaveAccessibleDescription(/at most 8000/);
  await page.locator(".composer textarea").fill("short");
  await page.locator(".composer-send").click();
  await expect(page.locator(".message-body").last()).toHaveText("short");
});

test("what was written outlives a session that has ended", async ({ page, problems }) => {
  problems.allow(/status of 401/);
  await register(page, "Slow");
  await page.locator(".composer textarea").fill("written with care");
  await page.context().clearCookies();
  await page.locator(".composer-send").click();
  await expect(page.getByLabel("Your message")).toHaveValue("written with care");
  await expect(page.getByRole("link", { name: /sign in/i })).toHaveAttribute("href", "/login?next=/r/lobby");
});

test("the page says that it does not change by itself, and in which zone its times are", async ({ page }) => {
  await register(page, "Still");
  await expect(page.getByText(/^This page is not live: its script is off.* Times are in UTC\.$/)).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText("Enter sends")).toBeHidden();
});

test("a permalink in the past stands in the middle, under its author's name", async ({ page }) => {
  test.slow();
  await register(page, "Teller");
  await createRoom(page, "Old tale");
  for (let part = 1; part <= 30; part += 1) await send(page, `part ${part}`);
  await page.locator(".message", { hasText: /part 15$/ }).locator(".message-time").click();
  const message = page.locator(".message--focus");
  await expect(message.locator(".message-author")).toBeVisible();
  const middle = async (part: Locator) => {
    const box = await part.boundingBox();
    return (box?.y ?? 0) + (box?.height ?? 0) / 2;
  };
  const away = async () => Math.abs((await middle(message)) - (await middle(page.locator(".scroller"))));
  await expect.poll(away).toBeLessThan(60);
});
