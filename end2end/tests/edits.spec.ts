import type { Locator, Page } from "@playwright/test";
import { BACK, go, hydrated, submit } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

const toolbar = (page: Page): Locator => page.getByRole("toolbar", { name: "Message" });
const menu = (page: Page): Locator => page.getByRole("menu", { name: "Message" });

test("Up in an empty composer edits one's last message, Esc restores, and everybody sees the new text", async ({ ada, bob }) => {
  const slug = await ada.createRoom("Corrections", "", "Public");
  await bob.room.enter(slug);
  await ada.room.say("A rsoe");
  await ada.room.expectAllStored();
  await ada.room.composer.press("ArrowUp");
  await expect(ada.room.composer).toHaveValue("A rsoe");
  await expect(ada.page.getByText("Editing your message")).toBeVisible();
  await ada.room.composer.press("Escape");
  await expect(ada.room.composer).toHaveValue("");
  await expect(ada.page.getByText("Editing your message")).toBeHidden();
  await ada.room.composer.press("ArrowUp");
  await ada.room.composer.fill("A rose");
  await ada.room.composer.press("Enter");
  for (const { page, room } of [ada, bob]) {
    await expect(room.message("A rose").locator(".message-edited")).toHaveAttribute("title", /^Edited /);
    await expect(page.getByText("rsoe")).toHaveCount(0);
  }
  await expect(ada.room.composer).toHaveValue("");
  await expect(ada.room.composer).toBeFocused();
  // What it said is for its author and for those who keep order.
  await expect(bob.room.message("A rose").locator("a.message-edited")).toHaveCount(0);
  await ada.room.message("A rose").locator("a.message-edited").click();
  await expect(ada.page.locator("main")).toContainText("A rsoe");
});

test("the draft of the room waits while a message is edited", async ({ ada, room }) => {
  await ada.room.open(room);
  await ada.room.say("Mint");
  await ada.room.expectAllStored();
  await ada.room.composer.fill("half a thought");
  await ada.room.message("Mint").hover();
  await toolbar(ada.page).getByRole("button", { name: "Edit" }).click();
  await expect(ada.room.composer).toHaveValue("Mint");
  await ada.room.composer.fill("Peppermint");
  await ada.room.composer.press("Enter");
  await expect(ada.room.message("Peppermint")).toBeVisible();
  await expect(ada.room.composer).toHaveValue("half a thought");
  await ada.page.reload();
  await hydrated(ada.page);
  await expect(ada.room.composer).toHaveValue("half a thought");
});

test("an edit made offline shows at once and goes out when the line is back", async ({ ada, bob, problems }) => {
  problems.allowOutage();
  const slug = await ada.createRoom("Offline", "", "Public");
  await bob.room.enter(slug);
  await ada.room.say("Thyme");
  await ada.room.expectAllStored();
  ada.line.cut();
  await ada.room.composer.press("ArrowUp");
  await ada.room.composer.fill("Thyme and sage");
  await ada.room.composer.press("Enter");
  await expect(ada.room.message("Thyme and sage")).toBeVisible();
  await ada.room.say("Not sent yet");
  await ada.room.composer.press("ArrowUp");
  await ada.room.composer.fill("Changed before it was sent");
  await ada.room.composer.press("Enter");
  await expect(ada.room.message("Changed before it was sent")).toBeVisible();
  ada.line.mend();
  await bob.room.expectMessages(["Thyme and sage", "Changed before it was sent"], BACK);
  await expect(bob.room.message("Changed before it was sent").locator(".message-edited")).toHaveCount(0);
});

test("of two screens that edit at once the later one says so and keeps its text", async ({ ada, elsewhere, problems }) => {
  problems.allowOutage();
  problems.allow(/409/);
  const slug = await ada.createRoom("Two screens", "", "Public");
  await ada.room.say("One");
  await ada.room.expectAllStored();
  const link = await ada.room.message("One").locator(".message-time").getAttribute("href");
  const form = await ada.tab();
  await go(form.page, `${link?.split("#")[0]}/edit`);
  await ada.room.composer.press("ArrowUp");
  await ada.room.composer.fill("Of the first");
  await ada.room.composer.press("Enter");
  await ada.room.expectAllStored();
  await form.page.getByLabel("Your message").fill("Of the second");
  await submit(form.page);
  await expect(form.page.getByRole("alert")).toContainText("It was changed meanwhile");
  await expect(form.page.getByText("Of the first")).toBeVisible();
  await expect(form.page.getByLabel("Your message")).toHaveValue("Of the second");
  await submit(form.page);
  await ada.room.expectMessages(["Of the second"]);
  // Now the screen is the later one, and does not know.
  const phone = await elsewhere(ada);
  await phone.room.open(slug);
  ada.line.cut();
  await ada.room.composer.press("ArrowUp");
  await ada.room.composer.fill("Of the screen");
  await ada.room.composer.press("Enter");
  await expect(ada.room.message("Of the screen")).toBeVisible();
  await phone.room.composer.press("ArrowUp");
  await phone.room.composer.fill("Of the phone");
  await phone.room.composer.press("Enter");
  await phone.room.expectMessages(["Of the phone"]);
  ada.line.mend();
  await expect(ada.room.message("Of the phone")).toContainText("Not changed.", BACK);
  await expect(ada.page.locator(".message-kept")).toHaveText("Of the screen");
  await ada.page.getByRole("button", { name: "Edit again" }).click();
  await expect(ada.room.composer).toHaveValue("Of the screen");
  await ada.room.composer.press("Enter");
  await phone.room.expectMessages(["Of the screen"]);
});

test("a deletion can be undone for five seconds, then its row is gone everywhere", async ({ ada, bob }) => {
  const slug = await ada.createRoom("Deletions", "", "Public");
  await bob.room.enter(slug);
  await ada.room.say("Stays");
  await ada.room.say("Goes");
  await ada.room.expectAllStored();
  await expect(bob.room.message("Goes")).toBeVisible();
  await ada.room.message("Goes").hover();
  await toolbar(ada.page).getByRole("button", { name: "More about this message" }).click();
  await menu(ada.page).getByRole("menuitem", { name: "Delete" }).click();
  // In one step: after five seconds it is too late.
  await ada.room.messages.filter({ hasText: "Message deleted." }).getByRole("button", { name: "Undo" }).click();
  await expect(ada.room.message("Goes")).toBeVisible();
  // By key, on the row that has the focus.
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("End");
  await ada.page.keyboard.press("Delete");
  await expect(ada.page.getByText("Message deleted.")).toBeVisible();
  await expect(bob.room.message("Goes")).toBeVisible();
  for (const { page, room } of [ada, bob]) {
    await expect(page.getByText("Goes", { exact: true })).toHaveCount(0, { timeout: 15_000 });
    await expect(page.getByText("Message deleted.")).toHaveCount(0);
    await room.expectMessages(["Stays"]);
  }
  expect(await ada.page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
  await bob.page.reload();
  await bob.room.expectMessages(["Stays"]);
  expect(await bob.page.content()).not.toContain("Goes");
});

test("a deletion whose tab was closed is done by the next page", async ({ ada, bob }) => {
  const slug = await ada.createRoom("Closed", "", "Public");
  await bob.room.enter(slug);
  await ada.room.say("Stays");
  await ada.room.say("Goes");
  await ada.room.expectAllStored();
  await expect(bob.room.message("Goes")).toBeVisible();
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("End");
  await ada.page.keyboard.press("Delete");
  await expect(ada.page.getByText("Message deleted.")).toBeVisible();
  await go(ada.page, "/");
  await ada.room.open("lobby");
  await expect(bob.page.getByText("Goes", { exact: true })).toHaveCount(0, { timeout: 15_000 });
});

test("an edit and a deletion made while one was away are there when one is back", async ({ ada, bob, problems }) => {
  problems.allowOutage();
  const slug = await ada.createRoom("Away", "", "Public");
  await bob.room.enter(slug);
  await ada.room.say("First");
  await ada.room.say("Second");
  await ada.room.expectAllStored();
  await expect(bob.room.message("Second")).toBeVisible();
  bob.line.cut();
  await ada.room.composer.press("ArrowUp");
  await ada.room.composer.fill("Second, corrected");
  await ada.room.composer.press("Enter");
  await ada.room.expectAllStored();
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("End");
  await ada.page.keyboard.press("ArrowUp");
  await ada.page.keyboard.press("Delete");
  await ada.room.expectMessages(["Second, corrected"]);
  await expect(ada.page.getByText("Message deleted.")).toHaveCount(0, { timeout: 15_000 });
  bob.line.mend();
  await bob.room.expectMessages(["Second, corrected"], BACK);
});

test("the menu works by keys, and a row is left as it was", async ({ ada, room }) => {
  await ada.room.open(room);
  await ada.room.say("Thyme");
  await ada.room.expectAllStored();
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("End");
  await ada.page.keyboard.press("e");
  await expect(ada.room.composer).toHaveValue("Thyme");
  await expect(ada.room.composer).toBeFocused();
  await ada.room.composer.press("Escape");
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("End");
  await toolbar(ada.page).getByRole("button", { name: "More about this message" }).focus();
  await ada.page.keyboard.press("Enter");
  await expect(menu(ada.page).getByRole("menuitem").first()).toBeFocused();
  await ada.page.keyboard.press("End");
  await expect(menu(ada.page).getByRole("menuitem", { name: "Delete" })).toBeFocused();
  await ada.page.keyboard.press("ArrowDown");
  await expect(menu(ada.page).getByRole("menuitem").first()).toBeFocused();
  await ada.page.keyboard.press("Escape");
  await expect(menu(ada.page)).toBeHidden();
  await expect(toolbar(ada.page).getByRole("button", { name: "More about this message" })).toBeFocused();
});

test.describe("by finger", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 700 } });

  test("a long press opens the menu as a sheet", async ({ ada, room }) => {
    await ada.room.open(room);
    await ada.room.composer.fill("Thyme");
    await ada.room.send.tap();
    await ada.room.expectMessages(["Thyme"]);
    await ada.page.setViewportSize({ width: 390, height: 700 });
    // On the text: a press on a name is for the browser's own menu.
    const box = await ada.room.message("Thyme").locator(".message-body").boundingBox();
    const client = await ada.context.newCDPSession(ada.page);
    const touchPoints = [{ x: (box?.x ?? 0) + 10, y: (box?.y ?? 0) + 10 }];
    await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    await ada.page.waitForTimeout(600);
    await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await expect(menu(ada.page).getByRole("menuitem", { name: "Edit" })).toBeVisible();
    const sheet = await menu(ada.page).boundingBox();
    expect((sheet?.y ?? 0) + (sheet?.height ?? 0)).toBeCloseTo(700, 0);
  });
});
