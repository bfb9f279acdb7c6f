import type { Locator } from "@playwright/test";
import { expect, test } from "../support/test.ts";

const direction = (element: Locator) => element.evaluate((found) => getComputedStyle(found).direction);

test("what is written from right to left stands so, in the composer too, and what stands beside it does not turn", async ({ ada, room }) => {
  await expect.poll(() => direction(ada.room.composer)).toBe("ltr");
  await ada.room.composer.fill("שלום עולם");
  await expect.poll(() => direction(ada.room.composer)).toBe("rtl");
  await ada.room.composer.press("Enter");
  await ada.room.say("and back");
  await ada.room.expectMessages(["שלום עולם", "and back"]);
  for (const _ of ["live", "from the server"]) {
    const [hebrew, english] = [ada.room.bodies.first(), ada.room.bodies.last()];
    expect([await direction(hebrew), await direction(english)]).toEqual(["rtl", "ltr"]);
    expect(await direction(ada.room.messages.first())).toBe("ltr");
    await ada.room.open(room);
    await expect(ada.room.messages).toHaveCount(2);
  }
});

test("accents that are stacked without end stay in their row", async ({ ada, room: _ }) => {
  await ada.room.say("the row above");
  await ada.room.expectAllStored();
  const above = ada.room.message("the row above").locator(".message-body");
  const before = await above.screenshot();
  await ada.room.say(`Z${"\u0301\u0308\u030a".repeat(60)}`);
  await ada.room.expectAllStored();
  await expect(ada.room.messages).toHaveCount(2);
  expect((await above.screenshot()).equals(before)).toBe(true);
});

test("two people of one name are told apart by their user names, in what is on the screen and in what comes", async ({ ada, newcomer, room }) => {
  const other = await newcomer("Ada");
  await other.room.enter(room);
  await ada.room.say("It is me");
  await other.room.say("No, me");
  for (const { page, room } of [ada, other]) {
    await expect(room.messages).toHaveCount(2);
    const handles = page.locator(".message-handle");
    await expect(handles).toHaveText([`@${ada.username}`, `@${other.username}`]);
  }
});

test("a link that calls itself by another address says where it leads", async ({ ada, room: _ }) => {
  await ada.room.say("[https://bank.example](https://evil.test) 见https://example.org/docs（说明）。");
  await ada.room.expectMessages(["https://bank.example (https://evil.test) 见https://example.org/docs（说明）。"]);
  const links = ada.room.bodies.first().locator("a");
  await expect(links).toHaveCount(2);
  await expect(links.last()).toHaveAttribute("href", "https://example.org/docs");
});
