import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe.ts";
import { go, hydrated } from "../support/page.ts";
import { makeRooms } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

const palette = (page: Page) => page.getByRole("dialog", { name: "Go to" });

test("members are seen to come and go, and what they do", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.room.open(room);
  await hydrated(ada.page);
  await ada.page.locator(".room-members").click();
  const panel = ada.page.locator(".panel");
  const row = panel.locator(".person", { hasText: `@${bob.username}` });
  await expect(row.getByRole("img", { name: "Online" })).toBeVisible();
  await expectAccessible(ada.page, "the panel with members");

  const other = await bob.context.newPage();
  await go(other, "/settings/profile");
  await other.getByLabel("Emoji").fill("🌱");
  await other.getByLabel("Status").fill("In the garden");
  await other.getByLabel("For how long").selectOption({ label: "For an hour" });
  await other.getByRole("button", { name: "Set status" }).click();
  await expect(other.getByRole("status")).toContainText("Saved");
  await expect(row.locator(".person-status")).toHaveText("🌱 In the garden");

  await other.getByLabel("Do not disturb").selectOption({ label: "Until I change it" });
  await other.getByRole("button", { name: "Set availability" }).click();
  await expect(row.getByRole("img", { name: "Do not disturb" })).toBeVisible();
  await other.getByLabel(/Be invisible/).check();
  await other.getByRole("button", { name: "Set availability" }).click();
  await expect(row.getByRole("img", { name: "Offline" })).toBeVisible();

  await go(ada.page, `/u/${bob.username}`);
  await expect(ada.page.locator(".person-status")).toHaveText("🌱 In the garden");
  await expect(ada.page.getByRole("img", { name: "Offline" })).toBeVisible();
});

test("a conversation shows whether the other one is there", async ({ ada, bob, room: _ }) => {
  await go(ada.page, `/messages/new?to=${bob.username}`);
  await ada.page.locator("main form.form .button").click();
  await hydrated(ada.page);
  await hydrated(bob.page);
  const line = ada.page.locator(".nav-section[data-section=direct] .nav-link", { hasText: bob.name });
  await expect(line.getByRole("img", { name: "Online" })).toBeVisible();
  await bob.page.goto("about:blank");
  await expect(line.getByRole("img", { name: "Offline" })).toBeVisible({ timeout: 15_000 });
});

for (const width of [1280, 390]) {
  test(`the palette leads anywhere at ${width} pixels`, async ({ ada, bob, room: _ }) => {
    await ada.page.setViewportSize({ width, height: 700 });
    // Of its own name: the same rooms are there at the other width.
    const name = `Tool shed of ${bob.username}`;
    const shed = await bob.createRoom(name, "", "Open");
    await ada.createRoom("Kitchen garden", "", "Public");
    await hydrated(ada.page);
    await ada.page.keyboard.press("ControlOrMeta+k");
    await expect(palette(ada.page)).toBeVisible();
    const field = ada.page.getByRole("combobox");
    await expect(field).toBeFocused();
    await expectAccessible(ada.page, "the palette");
    // A room that she is not in.
    await field.fill(`tol shd ${bob.username}`);
    await expect(ada.page.getByRole("option").first()).toContainText(name);
    await expect(ada.page.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
    await ada.page.keyboard.press("Enter");
    await expect(ada.page).toHaveURL(new RegExp(`/r/${shed}$`));
    await expect(ada.page.locator(".room-name")).toHaveText(name);

    await ada.page.keyboard.press("ControlOrMeta+k");
    await field.fill(`@${bob.username}`);
    await ada.page.getByRole("option").first().click();
    await expect(ada.page).toHaveURL(new RegExp(`/u/${bob.username}$`));

    // On a page that does not live, too.
    await hydrated(ada.page);
    await ada.page.keyboard.press("ControlOrMeta+k");
    await field.fill("theme dark");
    await ada.page.keyboard.press("Enter");
    await expect(ada.page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(palette(ada.page)).toBeHidden();

    if (width === 390) await ada.page.getByRole("button", { name: /rooms|menu/i }).first().click();
    await ada.page.getByRole("link", { name: /Go to/ }).click();
    await field.fill("no such thing at all");
    await expect(palette(ada.page).getByRole("status")).toHaveText("Nothing is called like that.");
    await ada.page.keyboard.press("Escape");
    await expect(palette(ada.page)).toBeHidden();
  });
}

test("keys lead through the rooms, and are shown", async ({ ada, room }) => {
  await makeRooms(ada, ["Aa room", "Zz room"]);
  await ada.room.open("aa-room");
  await hydrated(ada.page);
  const names = await ada.page.locator(".nav-rooms .nav-link span[dir]").allTextContents();
  const at = names.indexOf("Aa room");
  await ada.page.keyboard.press("Alt+ArrowDown");
  await expect(ada.page.locator(".room-name")).toHaveText(names[at + 1] ?? "");
  await ada.page.keyboard.press("Alt+ArrowUp");
  await expect(ada.page.locator(".room-name")).toHaveText("Aa room");

  await ada.room.composer.fill("What?");
  await ada.room.composer.press("?");
  await expect(ada.room.composer).toHaveValue("What??");
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("?");
  await expect(ada.page.locator(".panel").getByRole("heading", { name: "Keys" })).toBeVisible();
  await expectAccessible(ada.page, "the keys beside a room");
  await ada.page.keyboard.press("Escape");
  await expect(ada.page.locator(".panel")).toBeHidden();
  await go(ada.page, "/keys");
  await expectAccessible(ada.page, "/keys");
  expect(room).toBeTruthy();
});

test("rooms are gone through as quickly as keys repeat", async ({ ada }) => {
  const names = ["Ab room", "Ac room", "Ad room"].map((name) => `${name} of ${ada.username}`);
  await makeRooms(ada, names);
  await ada.room.open((names[0] ?? "").toLowerCase().replaceAll(" ", "-"));
  await ada.page.evaluate(async () => {
    document.documentElement.dataset.kept = "";
    const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);
    const task = (): Promise<unknown> => new Promise((done) => setTimeout(done));
    // A room is left before, while and after it is painted for the first time.
    const pauses = [() => Promise.resolve(), task, frame, () => frame().then(task), () => frame().then(frame)];
    for (const key of ["ArrowDown", "ArrowUp"]) {
      for (const pause of pauses) {
        for (let n = 0; n < 10; n += 1) {
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key, altKey: true, bubbles: true, cancelable: true }));
          await pause();
        }
      }
    }
  });
  const here = ada.page.locator(".nav-rooms [aria-current]");
  await expect(ada.page.locator(".room-name")).toHaveText((await here.locator("span[dir]").textContent()) ?? "");
  await expect(ada.page).toHaveURL(new RegExp(`${await here.getAttribute("href")}$`));
  await expect(ada.page.locator("html"), "no new document was needed").toHaveAttribute("data-kept", "");
  await ada.page.locator(".nav-rooms").getByRole("link", { name: names[0] ?? "" }).click();
  await ada.room.say("Still here");
  await expect(ada.room.message("Still here")).toBeVisible();
  await ada.room.expectAllStored();
});

test("stars and folded parts are so on every device", async ({ ada, room }) => {
  await ada.room.open(room);
  await hydrated(ada.page);
  const elsewhere = await ada.tab();
  await elsewhere.open("lobby");
  await hydrated(elsewhere.page);
  await elsewhere.say("Is this live?");
  await elsewhere.expectAllStored();
  const star = '.nav-section[data-section="starred"]';
  await ada.room.more.click();
  await ada.page.getByRole("button", { name: "Star", exact: true }).click();
  await expect(ada.page.locator(`${star} .nav-link[href="/r/${room}"]`)).toBeVisible();
  await expect(elsewhere.page.locator(`${star} .nav-link[href="/r/${room}"]`)).toBeVisible();
  await expect(ada.page, "the page stays").toHaveURL(new RegExp(`/r/${room}$`));

  const told = ada.page.waitForResponse(/fold_section/);
  await ada.page.locator(`${star} summary`).click();
  expect((await told).ok()).toBe(true);
  await go(elsewhere.page, "/");
  await expect(elsewhere.page.locator(star)).not.toHaveAttribute("open");
  await expect(elsewhere.page.locator('.nav-section[data-section="rooms"]')).toHaveAttribute("open");

  await ada.room.more.click();
  await ada.page.getByRole("button", { name: "Take the star away" }).click();
  await expect(elsewhere.page.locator(star)).toHaveCount(1);
  await expect(ada.page.locator(star)).toHaveCount(0);
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("a guest folds the list, and reads the keys", async ({ page }) => {
    await page.goto("/keys");
    await expect(page.getByRole("heading", { name: "Keys", exact: true })).toBeVisible();
    await page.getByText("Public rooms").click();
    await expect(page.locator('.nav-section[data-section="rooms"]')).not.toHaveAttribute("open");
    await page.getByRole("link", { name: /Go to/ }).click();
    await expect(page).toHaveURL(/\/$/);
  });
});
