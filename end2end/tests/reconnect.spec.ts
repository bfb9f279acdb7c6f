import type { Person } from "../support/person.ts";
import { BACK } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

async function goOffline(person: Person): Promise<void> {
  await person.context.setOffline(true);
  person.line.cut();
}

async function comeBack(person: Person): Promise<void> {
  person.line.mend();
  await person.context.setOffline(false);
}

test.beforeEach(({ problems }) => problems.allowOutage());

test("what others said meanwhile arrives once and in order", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await bob.room.say("before");
  await expect(ada.room.message("before")).toBeVisible();

  await goOffline(ada);
  for (const text of ["one", "two", "three"]) await bob.room.say(text);
  await bob.room.expectMessages(["before", "one", "two", "three"]);
  await expect(ada.room.messages).toHaveCount(1);
  await comeBack(ada);
  await ada.room.expectMessages(["before", "one", "two", "three"]);

  await bob.room.say("after");
  await ada.room.expectMessages(["before", "one", "two", "three", "after"]);
});

test("what is said offline waits, and goes out in order", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await goOffline(ada);
  for (const text of ["one", "two", "three"]) await ada.room.say(text);
  await expect(ada.room.pending).toHaveCount(3);
  await comeBack(ada);
  for (const person of [ada, bob]) await person.room.expectMessages(["one", "two", "three"]);
});

test("a line that goes quiet without an end is noticed", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  ada.line.hold();
  await bob.room.say("into the silence");
  await bob.room.expectMessages(["into the silence"]);
  // The browser says that the network changed, as it does after sleep. The old socket still looks open.
  await ada.context.setOffline(true);
  ada.line.cut();
  ada.line.release();
  await comeBack(ada);
  await ada.room.expectMessages(["into the silence"]);
});

test("a long absence is filled as well", async ({ ada, bob, room }) => {
  test.slow();
  await bob.room.enter(room);
  await bob.room.say("before");
  await expect(ada.room.message("before")).toBeVisible();
  await goOffline(ada);
  // More than the server replays: the client is told to read anew.
  await bob.seed(room, 520);
  await comeBack(ada);
  await expect(ada.room.bodies.last()).toHaveText("line 520");
  const shown = await ada.room.bodies.allTextContents();
  const tail = shown.slice(-50).map((text) => text.trim());
  expect(tail).toEqual(Array.from({ length: 50 }, (_, index) => `line ${471 + index}`));
});

test("the banner says that the connection is gone, and goes when it is back", async ({ ada, room: _ }) => {
  await expect(ada.room.banner).toBeHidden();
  await goOffline(ada);
  await expect(ada.room.banner).toBeVisible({ timeout: 15_000 });
  await comeBack(ada);
  await expect(ada.room.banner).toBeHidden(BACK);
});

test("a short gap is filled without a word about it", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.room.banner.evaluate((banner) => {
    const seen: string[] = [];
    Object.assign(window, { bannerSeen: seen });
    const look = () => {
      if ((banner as HTMLElement).checkVisibility({ visibilityProperty: true })) seen.push(banner.textContent ?? "");
      requestAnimationFrame(look);
    };
    look();
  });
  ada.line.cut();
  ada.line.mend();
  await bob.room.say("did you notice?");
  await ada.room.expectMessages(["did you notice?"]);
  expect(await ada.page.evaluate(() => (window as unknown as { bannerSeen: string[] }).bannerSeen)).toEqual([]);
});
