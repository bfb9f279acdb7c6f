import { expect, test } from "../support/test.ts";

test("Enter sends and empties, Shift+Enter makes a new line", async ({ ada, room: _ }) => {
  await ada.room.composer.pressSequentially("one");
  await ada.room.composer.press("Shift+Enter");
  await ada.room.composer.pressSequentially("two");
  await expect(ada.room.composer).toHaveValue("one\ntwo");
  await ada.room.composer.press("Enter");
  await expect(ada.room.composer).toHaveValue("");
  await expect(ada.room.composer).toBeFocused();
  await expect(ada.room.messages).toHaveCount(1);
  await expect(ada.room.bodies.first()).toContainText("two");
});

test("the button sends too, and gives the focus back", async ({ ada, room: _ }) => {
  await ada.room.composer.fill("by mouse");
  await ada.room.send.click();
  await ada.room.expectMessages(["by mouse"]);
  await expect(ada.room.composer).toBeFocused();
});

test("Enter that ends an input method's composition does not send", async ({ ada, room: _ }) => {
  await ada.room.composer.fill("かな");
  await ada.room.composer.evaluate((composer) =>
    composer.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })),
  );
  await expect(ada.room.composer).toHaveValue("かな");
  await ada.room.composer.press("Enter");
  await ada.room.expectMessages(["かな"]);
});

test("nothing but white space is not sent", async ({ ada, room: _ }) => {
  await ada.room.say("  \n ");
  await ada.room.say("words");
  await ada.room.expectMessages(["words"]);
});

test("the composer grows with its text up to a limit", async ({ ada, room: _ }) => {
  const height = async () => (await ada.room.composer.boundingBox())?.height ?? 0;
  const one = await height();
  await ada.room.composer.fill("1\n2\n3\n4");
  const four = await height();
  expect(four).toBeGreaterThan(one);
  await ada.room.composer.fill("x\n".repeat(200));
  expect(await height()).toBeLessThan(400);
  await ada.room.composer.fill("");
  expect(await height()).toBeCloseTo(one, 0);
});

test("each room keeps its draft, through a change of rooms and a reload", async ({ ada, room }) => {
  await ada.room.composer.fill("not yet finished");
  await ada.page.locator('nav a[href="/r/lobby"]').first().click();
  await expect(ada.page.locator(".room-name")).toHaveText("Lobby");
  await expect(ada.room.composer).toHaveValue("");
  await ada.page.locator(`nav a[href="/r/${room}"]`).first().click();
  await expect(ada.room.composer).toHaveValue("not yet finished");
  await ada.room.open(room);
  await expect(ada.room.composer).toHaveValue("not yet finished");
  await ada.room.composer.press("Enter");
  await ada.room.expectMessages(["not yet finished"]);
  await ada.room.open(room);
  await expect(ada.room.composer).toHaveValue("");
});

test("a message that is too long is said to be, and stays in the composer", async ({ ada, room: _ }) => {
  const long = "x".repeat(8_001);
  await ada.room.say(long);
  await expect(ada.page.locator(".composer")).toContainText("at most 8000");
  await expect(ada.room.composer).toHaveValue(long);
  await expect(ada.room.messages).toHaveCount(0);
});

test("near the limit it is said how much has been typed", async ({ ada, room: _ }) => {
  const count = ada.page.locator(".composer-count");
  await ada.room.composer.fill("x".repeat(7_199));
  await expect(count).toBeHidden();
  await ada.room.composer.fill("x".repeat(7_200));
  await expect(count).toHaveText("7200 of 8000 characters");
  await ada.room.composer.fill("😀".repeat(8_001));
  await expect(count).toHaveText("8001 of 8000 characters");
  await ada.room.composer.fill("");
  await expect(count).toBeHidden();
});
