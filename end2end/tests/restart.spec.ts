import { BACK } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

test.beforeEach(({ problems }) => problems.allowOutage());

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  test(`an open page outlives ${signal} and a restart of the server`, async ({ server, ada, bob, room }) => {
    await bob.room.enter(room);
    await ada.room.say("before the restart");
    await expect(bob.room.message("before the restart")).toBeVisible();

    await server.stop(signal);
    await ada.room.say("into the dark");
    await expect(ada.room.pending).toHaveCount(1);
    await server.start();

    for (const person of [ada, bob]) {
      await expect(person.room.message("into the dark")).toBeVisible(BACK);
      await expect(person.room.pending).toHaveCount(0, BACK);
      await person.room.expectMessages(["before the restart", "into the dark"]);
    }
    await bob.room.say("after the restart");
    await ada.room.expectMessages(["before the restart", "into the dark", "after the restart"]);
    await ada.room.open(room);
    await ada.room.expectMessages(["before the restart", "into the dark", "after the restart"]);
  });
}

test("sends in the middle of a kill are stored once, in order", async ({ server, ada, room }) => {
  const texts = Array.from({ length: 12 }, (_, index) => `message ${String(index + 1).padStart(2, "0")}`);
  for (const text of texts.slice(0, 6)) await ada.room.say(text);
  const killed = server.stop("SIGKILL");
  for (const text of texts.slice(6)) await ada.room.say(text);
  await killed;
  await server.start();
  await expect(ada.room.pending).toHaveCount(0, BACK);
  await ada.room.expectMessages(texts);
  await ada.room.open(room);
  await ada.room.expectMessages(texts);
});
