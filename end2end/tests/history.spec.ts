import { lines } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

test("older messages come in on top, and what one reads does not move", async ({ ada, room }) => {
  await ada.seed(room, 130);
  await ada.room.open(room);
  await expect(ada.room.messages).toHaveCount(50);
  await expect(ada.room.bodies.last()).toBeInViewport();

  for (const [count, first] of [[100, "line 31"], [130, "line 1"]] as const) {
    // Not the topmost message: it loses its head when what comes in above is by the same author.
    const text = await ada.room.bodies.nth(2).elementHandle();
    if (!text) throw new Error("no message");
    // The view goes up and the place of the text is taken in the same frame, before anything can load.
    const before = await text.evaluate((body) => {
      const scroller = body.closest(".scroller") as HTMLElement;
      scroller.scrollTop = -scroller.scrollHeight;
      return body.getBoundingClientRect().top;
    });
    await expect(ada.room.messages).toHaveCount(count);
    await expect(ada.room.bodies.first()).toHaveText(first);
    const after = await text.evaluate((body) => body.getBoundingClientRect().top);
    expect(Math.abs(after - before), "what one reads moved by so many pixels").toBeLessThanOrEqual(1);
  }
  await ada.room.expectMessages(lines(130));
  await expect(ada.room.older).toBeHidden();
});

test("a new message does not move what one reads further up", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.seed(room, 60);
  await ada.room.open(room);
  await ada.room.message("line 30").scrollIntoViewIfNeeded();
  await ada.room.message("line 30").evaluate((row) => row.scrollIntoView({ block: "center", behavior: "instant" }));
  const top = () => ada.room.message("line 30").evaluate((row) => row.getBoundingClientRect().top);
  const before = await top();
  await bob.room.say("news");
  await expect(ada.room.message("news")).toHaveCount(1);
  await expect(ada.room.pill).toBeVisible();
  await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThanOrEqual(1);
});

test("a room opens at its newest message", async ({ ada, room }) => {
  await ada.seed(room, 60);
  await ada.room.open(room);
  await expect(ada.room.message("line 60")).toBeInViewport();
  expect(await ada.room.distanceToEnd()).toBeLessThanOrEqual(1);
});

test("pages of history have addresses, with links to the pages beside them", async ({ ada, room }) => {
  const seqs = await ada.seed(room, 120);
  const html = await (await ada.page.request.get(`/r/${room}?before=${seqs[80]}`)).text();
  expect(html).toContain(`href="/r/${room}?before=${seqs[30]}"`);
  expect(html).toContain(`href="/r/${room}?after=${seqs[79]}"`);

  await ada.page.goto(`/r/${room}?before=${seqs[80]}`);
  await expect(ada.room.message("line 80")).toBeInViewport();
  // The page was opened at its end, so what comes after it is loaded by itself.
  await expect(ada.room.message("line 120")).toHaveCount(1);
  await ada.room.expectMessages(lines(120).slice(30));
});
