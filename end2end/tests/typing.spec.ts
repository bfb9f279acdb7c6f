import { expectAccessible } from "../support/axe.ts";
import type { Person } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

/** What is said of people who type. Other tests have people of the same name, so the user name may stand behind it. */
function areTyping(...people: Person[]): RegExp {
  const names = people.map((person) => `${person.name}( \\(@${person.username}\\))?`);
  return new RegExp(`^${names.join(" and ")} ${people.length === 1 ? "is" : "are"} typing…$`);
}

/** What people type is heard by all of these from now on. */
async function listen(...people: Person[]): Promise<void> {
  for (const { room } of people) await room.listens();
}

/** Presses keys without sending. */
async function type(person: Person, text: string): Promise<void> {
  await person.room.composer.pressSequentially(text);
}

test("the others see who is typing, until the message comes", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await listen(ada, bob);
  const quiet = await bob.room.composer.boundingBox();
  await type(ada, "Good");
  await expect(bob.room.typing).toHaveText(areTyping(ada));
  await expect(ada.room.typing).toBeEmpty();
  expect(await bob.room.composer.boundingBox()).toEqual(quiet);
  await ada.room.composer.press("Enter");
  await expect(bob.room.message("Good")).toBeVisible();
  // At once, and not when its time is over: that is seconds later.
  expect(await bob.room.typing.textContent()).toBe("");
});

test("it passes when nothing more is typed", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await listen(ada, bob);
  await type(ada, "Well");
  await expect(bob.room.typing).toHaveText(areTyping(ada));
  await expect(bob.room.typing).toBeEmpty();
  await expect(ada.room.composer).toHaveValue("Well");
});

test("who goes on after a message is typing again at once", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await listen(ada, bob);
  for (const text of ["one", "two"]) {
    await type(ada, text);
    await expect(bob.room.typing).toHaveText(areTyping(ada));
    await ada.room.composer.press("Enter");
    await expect(bob.room.message(text)).toBeVisible();
    expect(await bob.room.typing.textContent()).toBe("");
  }
});

test("several people are named as long as that is short", async ({ ada, bob, newcomer, room }) => {
  const eve = await newcomer("Eve");
  for (const person of [bob, eve]) await person.room.enter(room);
  await listen(ada, bob, eve);
  // For Eve the first of them still types when the second one begins, however long that takes.
  await eve.page.clock.setFixedTime(new Date());
  await type(ada, "one");
  await expect(bob.room.typing).toHaveText(areTyping(ada));
  await type(bob, "two");
  await expect(eve.room.typing).toHaveText(areTyping(ada, bob));
});

test("nobody hears of an empty box", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await listen(ada, bob);
  const shown = await bob.room.typing.evaluateHandle((line) => {
    const texts: string[] = [];
    new MutationObserver(() => texts.push(line.textContent ?? "")).observe(line, { childList: true, characterData: true, subtree: true });
    return texts;
  });
  await type(ada, "  ");
  await ada.room.composer.fill("");
  await type(bob, "Hello");
  await expect(ada.room.typing).toHaveText(areTyping(bob));
  expect(await shown.jsonValue()).toEqual([]);
});

test("long names fit on a phone, and the page is accessible while somebody is typing", async ({ bob, newcomer }) => {
  const long = await newcomer("Maximiliana Konstantinopolitanska von zu Hausen");
  const room = await long.createRoom(`Room of ${long.username}`, "", "Open");
  await bob.page.setViewportSize({ width: 390, height: 844 });
  await bob.room.enter(room);
  await listen(long, bob);
  // It would pass while the page is looked at.
  await bob.page.clock.setFixedTime(new Date());
  await type(long, "I");
  await expect(bob.room.typing).toHaveText(areTyping(long));
  const box = await bob.room.typing.boundingBox();
  expect(box?.height).toBeLessThan(30);
  expect(await bob.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await expectAccessible(bob.page, "a room in which somebody types");
});
