import { BACK } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

test.beforeEach(({ problems }) => problems.allowOutage());

test("what waits to be sent survives a reload, and goes out once and in order", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  ada.line.cutSockets();
  for (const text of ["one", "two", "three"]) await ada.room.say(text);
  await expect(ada.room.pending).toHaveText([/one/, /two/, /three/]);

  await ada.room.open(room);
  await expect(ada.room.pending).toHaveText([/one/, /two/, /three/]);
  ada.line.mend();
  for (const person of [ada, bob]) await person.room.expectMessages(["one", "two", "three"], BACK);
  await ada.room.open(room);
  await ada.room.expectMessages(["one", "two", "three"]);
});

test("a message whose acknowledgement was lost is not stored twice", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  // It gets through, the answer does not.
  ada.line.holdAnswers();
  await ada.room.say("only once");
  await expect(bob.room.message("only once")).toBeVisible();
  await expect(ada.room.pending).toHaveCount(1);
  ada.line.cut();
  ada.line.release();
  ada.line.mend();
  for (const person of [ada, bob]) await person.room.expectMessages(["only once"], BACK);
  await ada.room.open(room);
  await ada.room.expectMessages(["only once"]);
});

test("another room's outbox does not show here, and is sent from here", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  ada.line.cutSockets();
  await ada.room.say("for the first room");
  await expect(ada.room.pending).toHaveCount(1);
  await ada.room.open("lobby");
  await expect(ada.room.message("for the first room")).toHaveCount(0);
  ada.line.mend();
  await bob.room.expectMessages(["for the first room"], BACK);
});
