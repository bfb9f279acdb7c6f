import type { Page } from "@playwright/test";
import { BACK } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

/** What the page listens by: addresses of streams and sockets that were opened, in order. */
function lines(page: Page): string[] {
  const opened: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/v1/events") opened.push("events");
  });
  page.on("websocket", (socket) => socket.on("framereceived", () => opened.push("socket")));
  return opened;
}

test.beforeEach(({ problems }) => problems.allowOutage());

test("where no socket gets through two people still talk, and go back to sockets when they can", async ({ ada, bob, room }) => {
  test.slow();
  await bob.room.enter(room);
  const opened = lines(ada.page);
  for (const person of [ada, bob]) person.line.blockSockets();
  await ada.room.say("is anybody there?");
  await expect(bob.room.message("is anybody there?")).toBeVisible(BACK);
  await bob.room.say("yes, without a socket");
  for (const person of [ada, bob]) {
    await person.room.expectMessages(["is anybody there?", "yes, without a socket"]);
    await expect(person.room.pending).toHaveCount(0);
    await expect(person.room.banner).toBeHidden({ timeout: 15_000 });
  }
  expect(opened).toContain("events");

  // Away for a while, on the stream.
  await ada.context.setOffline(true);
  ada.line.cut();
  await bob.room.say("while you were away");
  await ada.room.say("waits");
  await expect(ada.room.pending).toHaveCount(1);
  ada.line.blockSockets();
  await ada.context.setOffline(false);
  await ada.room.expectMessages(["is anybody there?", "yes, without a socket", "while you were away", "waits"], { timeout: 20_000 });
  await bob.room.expectMessages(["is anybody there?", "yes, without a socket", "while you were away", "waits"]);

  // The page tries a socket now and then.
  const before = opened.length;
  for (const person of [ada, bob]) person.line.mend();
  await expect.poll(() => opened.slice(before), { timeout: 60_000 }).toContain("socket");
  await ada.room.say("by socket again");
  await bob.room.expectMessages([
    "is anybody there?",
    "yes, without a socket",
    "while you were away",
    "waits",
    "by socket again",
  ]);
});
