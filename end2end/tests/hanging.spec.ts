import { BACK } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

test.beforeEach(({ problems }) => problems.allowOutage());

test("a message that hangs says so, and gets through by a new connection", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.room.say("first");
  await ada.room.expectAllStored();
  // The network has lost the connection without telling anybody; a new one would work.
  ada.line.forget();
  await ada.room.say("are you there?");
  await expect(ada.room.pending).toHaveText(/Sending…/);
  await expect(bob.room.message("are you there?")).toBeVisible({ timeout: 9_000 });
  await ada.room.expectMessages(["first", "are you there?"]);
});

test("what was written more than an hour ago asks before it goes out", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  ada.line.cutSockets();
  for (const text of ["old news", "of no use"]) await ada.room.say(text);
  await expect(ada.room.pending).toHaveCount(2);
  // As if the page had been closed for two hours.
  await ada.page.evaluate(() => {
    for (const key of Object.keys(localStorage).filter((key) => key.startsWith("snug.outbox."))) {
      const pending = JSON.parse(localStorage.getItem(key) ?? "{}") as { at: number };
      localStorage.setItem(key, JSON.stringify({ ...pending, at: pending.at - 2 * 60 * 60 * 1_000 }));
    }
  });
  // Mended only now: the page that was left would have sent them.
  await ada.room.open(room);
  await expect(ada.room.failed).toHaveCount(2);
  ada.line.mend();
  await ada.room.say("new");
  await expect(bob.room.message("new")).toBeVisible(BACK);
  await expect(ada.room.failed.first()).toContainText("Written more than an hour ago");
  await expect(bob.room.messages).toHaveCount(1);
  await ada.room.failed.last().getByRole("button", { name: "Discard" }).click();
  await ada.room.failed.first().getByRole("button", { name: "Send" }).click();
  for (const person of [ada, bob]) await person.room.expectMessages(["new", "old news"]);
  await ada.room.open(room);
  await ada.room.expectMessages(["new", "old news"]);
});

test("what was missed is announced once, by its number", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.room.say("before");
  await expect(ada.room.message("before")).toBeVisible();
  await ada.room.expectAllStored();
  await ada.context.setOffline(true);
  ada.line.cut();
  await bob.seed(room, 20);
  await ada.page.evaluate(() => {
    const live: (string | null | undefined)[] = [];
    const log = document.querySelector("[role=log]");
    new MutationObserver(() => live.push(log?.getAttribute("aria-live"))).observe(log ?? document, { childList: true, subtree: true });
    Object.assign(window, { live });
  });
  ada.line.mend();
  await ada.context.setOffline(false);
  await expect(ada.page.getByRole("status").filter({ hasText: "20 new messages since you were last connected" })).toHaveCount(1);
  await expect(ada.room.message("line 20")).toBeVisible();
  const live = await ada.page.evaluate(() => (window as unknown as { live: string[] }).live);
  expect(new Set(live)).toEqual(new Set(["off"]));
  await expect(ada.room.timeline).toHaveAttribute("aria-live", "polite");
});
