import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { go } from "../support/page.ts";
import type { Person } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

const OUT = process.env.OUT;

/** Who says what, in order. */
const TALK: [speaker: "ada" | "bob" | "eve", text: string][] = [
  ["ada", "Morning! The new oven is in. First test bake is today at four."],
  ["bob", "Finally. Which bread?"],
  ["ada", "The plain wheat one, so that we can compare:\n\n- 70 % water\n- 20 % starter\n- 2 % salt"],
  ["bob", "I can bring the *old* thermometer, the one that we **trust**."],
  ["eve", "> Which bread?\n\nAnything that is warm when I come by."],
  ["ada", "Eve, you are on slicing duty."],
  ["eve", "Deal. What did the old oven need, about 45 minutes?"],
  ["bob", "50, with the lid off for the last ten. I wrote it down:\n\n```\n250 °C  20 min  lid on\n220 °C  20 min  lid on\n220 °C  10 min  lid off\n```"],
  ["ada", "Perfect. The notes of last week are [on the wiki](https://example.org/bread), and `starter.csv` has the numbers."],
  ["bob", "Reading. See you at four!"],
  ["eve", "I will be there at ~~four~~ half past three. With butter."],
];

async function shoot(page: Page, name: string): Promise<void> {
  if (!OUT) throw new Error("Say where to: OUT=folder");
  mkdirSync(OUT, { recursive: true });
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(OUT, `${test.info().project.name}-${name}.png`), animations: "disabled" });
}

/** Rooms with people in them; gives one of those who stand in the first. */
async function bakery(ada: Person, newcomer: (name: string) => Promise<Person>): Promise<Person> {
  const [bob, eve] = [await newcomer("Bob Marsh"), await newcomer("Eve")];
  for (const [name, topic] of [["Test kitchen", "What we bake next, and how it went"], ["Deliveries", "Who drives when"], ["Off topic", ""]] as const) {
    await ada.createRoom(name, topic, "Public");
  }
  const speakers = { ada, bob, eve };
  for (const person of [bob, eve]) await person.room.enter("test-kitchen");
  for (const [speaker, text] of TALK) await speakers[speaker].seed("test-kitchen", [text]);
  return bob;
}

test("pages", async ({ newcomer, page, problems }) => {
  problems.allow(/status of 4\d\d/);
  const ada = await newcomer("Ada Lindqvist");
  for (const name of ["home", "register", "login"]) {
    await go(page, name === "home" ? "/" : `/${name}`);
    await shoot(page, `guest-${name}`);
  }
  await ada.createRoom("Empty hall", "", "Open");
  await shoot(ada.page, "room-empty");
  const bob = await bakery(ada, newcomer);
  await ada.room.open("test-kitchen");
  await expect(ada.room.bodies.last()).toBeInViewport();
  await shoot(ada.page, "room");
  await bob.room.composer.pressSequentially("And");
  await expect(ada.room.typing).toHaveText("Bob Marsh is typing…");
  await shoot(ada.page, "room-typing");
  await ada.room.open("test-kitchen", await ada.room.seqOf("Finally. Which bread?"));
  await shoot(ada.page, "permalink");
  await ada.room.open("test-kitchen");
  ada.line.hold();
  await ada.room.say("This one is on its way");
  await shoot(ada.page, "room-pending");
  ada.line.release();
  for (const [name, address] of [["guest-room", "/r/test-kitchen"], ["guest-404", "/nothing"]] as const) {
    await go(page, address);
    await shoot(page, name);
  }
  const seq = await ada.room.seqOf("Finally. Which bread?");
  for (const [name, address] of [
    ["home", "/"],
    ["new-room", "/rooms/new"],
    ["members", "/r/test-kitchen/members?username=e"],
    ["settings", "/r/test-kitchen/settings"],
    ["delete", `/r/test-kitchen/m/${seq}/delete`],
    ["report", `/r/test-kitchen/m/${seq}/report`],
    ["reports", "/r/test-kitchen/reports"],
  ] as const) {
    await go(ada.page, address);
    await shoot(ada.page, name);
  }
});
