import { BACK } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

test.beforeEach(({ problems }) => problems.allowOutage());

test("after an older backup was restored, open pages show what it holds and go on from there", async ({ server, ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.room.say("in the backup");
  await expect(bob.room.message("in the backup")).toBeVisible();
  await server.backup();
  for (const text of ["after it", "and lost"]) {
    await ada.room.say(text);
    await expect(bob.room.message(text)).toBeVisible();
  }

  await bob.context.setOffline(true);
  await server.stop("SIGKILL");
  await server.restore();
  await server.start();
  await expect(ada.room.message("and lost")).toHaveCount(0, BACK);
  await ada.room.expectMessages(["in the backup"]);
  // The log grows past the place that Bob has.
  const since = ["one", "two", "three", "four"];
  for (const text of since) await ada.room.say(text);
  await ada.room.expectMessages(["in the backup", ...since]);
  await bob.context.setOffline(false);
  await expect(bob.room.message("four")).toBeVisible(BACK);
  await bob.room.expectMessages(["in the backup", ...since]);
});
