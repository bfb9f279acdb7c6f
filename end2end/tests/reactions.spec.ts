import type { Locator } from "@playwright/test";
import { expectAccessible } from "../support/axe.ts";
import type { RoomPage } from "../support/room-page.ts";
import { BACK, go, hydrated, submit } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

const chip = (room: RoomPage, text: string, emoji: string): Locator => room.message(text).locator(`.reaction[data-emoji="${emoji}"]`);

/** Opens the picker from the toolbar of a message. */
async function pick(room: RoomPage, text: string): Promise<Locator> {
  await room.message(text).hover();
  await room.message(text).getByRole("button", { name: "React", exact: true }).click();
  const picker = room.page.getByRole("dialog", { name: "Choose an emoji" });
  await expect(picker).toBeVisible();
  return picker;
}

test("a reaction is searched by name, shows at once, reaches the other and is taken back by a press", async ({ ada, bob, room }) => {
  await ada.room.say("Tea is ready");
  await bob.room.enter(room);
  const picker = await pick(bob.room, "Tea is ready");
  await picker.getByRole("combobox", { name: "Search emoji" }).fill("tada");
  await bob.page.keyboard.press("Enter");
  await expect(picker).toBeHidden();
  await expect(chip(bob.room, "Tea is ready", "🎉")).toHaveText("🎉 1");
  await expect(chip(bob.room, "Tea is ready", "🎉")).toHaveAttribute("aria-pressed", "true");
  await expect(chip(ada.room, "Tea is ready", "🎉")).toHaveAttribute("aria-pressed", "false");

  await chip(ada.room, "Tea is ready", "🎉").click();
  for (const room of [ada.room, bob.room]) await expect(chip(room, "Tea is ready", "🎉")).toHaveText("🎉 2");
  await ada.page.mouse.move(0, 0);
  await chip(ada.room, "Tea is ready", "🎉").hover();
  await expect(ada.page.getByRole("tooltip")).toHaveText("Bob and Ada reacted with 🎉");

  await chip(ada.room, "Tea is ready", "🎉").click();
  for (const room of [ada.room, bob.room]) await expect(chip(room, "Tea is ready", "🎉")).toHaveText("🎉 1");
  await bob.page.reload();
  await hydrated(bob.page);
  await expect(chip(bob.room, "Tea is ready", "🎉")).toHaveAttribute("aria-pressed", "true");
});

test("a reaction without a connection goes out when there is one, and two quick presses are none", async ({ ada, bob, room, problems }) => {
  problems.allowOutage();
  await ada.room.say("Tea is ready");
  await bob.room.enter(room);
  const first = await pick(bob.room, "Tea is ready");
  await first.getByRole("combobox", { name: "Search emoji" }).fill("thumbsup");
  await bob.page.keyboard.press("Enter");
  await expect(chip(ada.room, "Tea is ready", "👍")).toHaveText("👍 1");
  ada.line.cut();
  await chip(ada.room, "Tea is ready", "👍").click();
  await expect(chip(ada.room, "Tea is ready", "👍")).toHaveText("👍 2");
  ada.line.mend();
  await expect(chip(bob.room, "Tea is ready", "👍")).toHaveText("👍 2", BACK);
  await chip(ada.room, "Tea is ready", "👍").dblclick();
  await expect(chip(ada.room, "Tea is ready", "👍")).toHaveText("👍 2");
  await expect(chip(bob.room, "Tea is ready", "👍")).toHaveText("👍 2");
});

test("the picker goes by keys, remembers the tone and what was used, and gives the focus back", async ({ ada }) => {
  // There are some thousand emoji, and each of them is looked at.
  test.slow();
  await ada.room.say("Tea is ready");
  await ada.room.expectAllStored();
  const picker = await pick(ada.room, "Tea is ready");
  await picker.getByLabel("Skin tone").selectOption({ index: 3 });
  const search = picker.getByRole("combobox", { name: "Search emoji" });
  await search.fill("wave");
  await expect(picker.getByRole("listbox", { name: "Emoji", exact: true }).getByRole("option").first()).toHaveText("👋🏽");
  await search.fill("");
  await ada.page.keyboard.press("ArrowDown");
  await ada.page.keyboard.press("ArrowRight");
  const second = await picker.getByRole("listbox", { name: "Emoji", exact: true }).getByRole("option").nth(1).textContent();
  await expect(picker.getByRole("listbox", { name: "Emoji", exact: true }).getByRole("option").nth(1)).toHaveAttribute("aria-selected", "true");
  await expectAccessible(ada.page, "the picker", ".emoji-picker");
  await ada.page.keyboard.press("Enter");
  await expect(chip(ada.room, "Tea is ready", second ?? "")).toBeVisible();
  expect(await ada.page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");

  await ada.room.message("Tea is ready").hover();
  await expect(ada.room.message("Tea is ready").locator(".message-quick").first()).toHaveText(second ?? "");
  const again = await pick(ada.room, "Tea is ready");
  await expect(again.getByRole("group", { name: "Last used" }).getByRole("option").first()).toHaveText(second ?? "");
  await ada.page.keyboard.press("Escape");
  await expect(again).toBeHidden();
});

test("an emoji is put where one writes", async ({ ada }) => {
  await ada.room.composer.fill("Tea ");
  await ada.page.getByRole("button", { name: "Emoji", exact: true }).click();
  const picker = ada.page.getByRole("dialog", { name: "Choose an emoji" });
  await picker.getByRole("combobox", { name: "Search emoji" }).fill("teapot");
  await ada.page.keyboard.press("Enter");
  await expect(ada.room.composer).toHaveValue("Tea 🫖");
  await expect(ada.room.composer).toBeFocused();
});

test("what is pinned is in the room's head for all, and a bookmark is one's own on all devices", async ({ ada, bob, elsewhere, room }) => {
  await ada.room.open(room);
  await hydrated(ada.page);
  await bob.room.enter(room);
  await ada.room.say("The key is under the mat");
  await ada.room.expectAllStored();
  const phone = await elsewhere(bob);
  await phone.room.open(room);
  await hydrated(phone.page);

  const menu = async ({ page, room }: typeof ada, entry: string) => {
    await room.message("The key is under the mat").hover();
    await room.message("The key is under the mat").getByRole("button", { name: "More about this message" }).click();
    await page.getByRole("menuitem", { name: entry, exact: true }).click();
  };
  await menu(ada, "Pin");
  for (const { page } of [ada, bob]) await expect(page.locator(".room-pins")).toHaveText("1 pinned");
  await bob.page.locator(".room-pins").click();
  await expect(bob.page.locator(".panel")).toContainText("The key is under the mat");
  await bob.page.keyboard.press("Escape");

  await menu(bob, "Bookmark");
  await expect(phone.room.message("The key is under the mat").locator(".message-marks")).toContainText("Bookmarked");
  await expect(ada.room.message("The key is under the mat").locator(".message-marks")).not.toContainText("Bookmarked");
  await go(phone.page, "/bookmarks");
  await expect(phone.page.locator("main")).toContainText("The key is under the mat");
  await phone.page.getByRole("button", { name: /^Remove the bookmark/ }).click();
  await expect(phone.page.locator("main")).toContainText("Nothing here.");
  await expect(bob.room.message("The key is under the mat").locator(".message-marks")).not.toContainText("Bookmarked");
  await menu(ada, "Unpin");
  await expect(bob.page.locator(".room-pins")).toHaveCount(0);
});

test("who has no script reacts by a form", async ({ browser, server, ada, room }) => {
  await ada.room.say("Tea is ready");
  await ada.room.expectAllStored();
  const seq = await ada.room.seqOf("Tea is ready");
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false, storageState: await ada.context.storageState() });
  const page = await context.newPage();
  await page.goto(`/r/${room}/m/${seq}`);
  await page.getByRole("link", { name: "React" }).click();
  await page.getByLabel("Another emoji").fill("🎉");
  await submit(page);
  await expect(page.locator(".reaction")).toHaveText("🎉 1");
  await context.close();
  await expect(chip(ada.room, "Tea is ready", "🎉")).toHaveAttribute("aria-pressed", "true");
});
