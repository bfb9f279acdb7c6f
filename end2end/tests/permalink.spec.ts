import { hydrated } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

test("the time of a message is its permalink", async ({ ada, room }) => {
  await ada.room.say("remember this");
  await ada.room.expectAllStored();
  const seq = await ada.room.seqOf("remember this");
  await expect(ada.room.message("remember this").locator(".message-time")).toHaveAttribute("href", `/r/${room}/m/${seq}#m${seq}`);
});

test("a permalink opens around its message, which is marked and in view", async ({ ada, room }) => {
  const seqs = await ada.seed(room, 130);
  const seq = seqs[39] ?? 0;
  await ada.room.open(room, seq);
  const message = ada.room.message("line 40");
  await expect(message).toHaveAttribute("id", `m${seq}`);
  await expect(message).toHaveClass(/message--focus/);
  await expect(message).toBeInViewport();
  await expect(ada.room.message("line 39")).toHaveCount(1);
  await expect(ada.room.message("line 41")).toHaveCount(1);
  // Reading on leads to the present.
  await expect(ada.room.newer).toBeVisible();
});

test("a permalink page is live", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.room.say("the one");
  await ada.room.say("the other");
  await ada.room.expectAllStored();
  await ada.room.open(room, await ada.room.seqOf("the one"));
  await expect(ada.room.message("the one")).toHaveClass(/message--focus/);
  await bob.room.say("said later");
  await ada.room.expectMessages(["the one", "the other", "said later"]);
});

test("from a permalink in the far past one gets to the newest message", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  const seqs = await ada.seed(room, 260);
  await ada.room.open(room, seqs[9]);
  await expect(ada.room.message("line 10")).toBeInViewport();
  await bob.room.say("news");
  await ada.room.pill.click();
  await expect(ada.room.message("news")).toBeInViewport();
  await expect(ada.room.message("line 260")).toBeVisible();
});

test("following a permalink keeps the page", async ({ ada, room }) => {
  const seqs = await ada.seed(room, 20);
  await ada.room.open(room);
  await ada.page.evaluate(() => Object.assign(window, { samePage: true }));
  await ada.room.message("line 5").hover();
  await ada.room.message("line 5").locator(".message-time").click();
  await expect(ada.page).toHaveURL(new RegExp(`/m/${seqs[4]}`));
  await expect(ada.room.message("line 5")).toHaveClass(/message--focus/);
  expect(await ada.page.evaluate(() => "samePage" in window)).toBe(true);
});

test("a permalink to nothing is a 404 that says so in one line and shows the room", async ({ ada, room, problems }) => {
  problems.allow(/status of 404/);
  await ada.seed(room, 20);
  const notice = ada.page.getByText("There is no message at this address.");
  const answer = await ada.page.goto(`/r/${room}/m/999999`);
  expect(answer?.status()).toBe(404);
  await hydrated(ada.page);
  await expect(notice).toBeVisible();
  await expect(ada.room.message("line 20")).toBeInViewport();
  expect((await notice.boundingBox())?.height).toBeLessThan(50);
  await ada.room.say("live all the same");
  await ada.room.expectAllStored();
  await expect(notice).toBeHidden();
  await expect(ada.page).toHaveURL(new RegExp(`/r/${room}$`));
  // And by a link in the page.
  await ada.room.say(`[nowhere](${new URL(ada.page.url()).origin}/r/${room}/m/999)`);
  await ada.page.getByRole("link", { name: "nowhere" }).evaluate((link) => link.removeAttribute("target"));
  await ada.page.getByRole("link", { name: "nowhere" }).click();
  await expect(notice).toBeVisible();
  await expect(ada.room.message("line 20")).toBeVisible();
});

for (const [width, height] of [[1280, 800], [390, 844]] as const) {
  test(`a permalink stands in the middle, under its author's name, at ${width} pixels`, async ({ ada, room }) => {
    const seqs = await ada.seed(room, 130);
    await ada.page.setViewportSize({ width, height });
    for (const at of [39, 120]) {
      await ada.room.open(room, seqs[at]);
      const message = ada.room.message(`line ${at + 1}`);
      await expect(message.locator(".message-author")).toBeInViewport({ ratio: 1 });
      await expect(message.locator(".message-time")).toBeVisible();
      const off = () => message.evaluate((row) => {
        const middle = (box?: DOMRect) => (box ? box.top + box.height / 2 : 0);
        return Math.abs(middle(row.getBoundingClientRect()) - middle(row.closest(".scroller")?.getBoundingClientRect()));
      });
      // The last ones cannot all stand in the middle. The page brings it there with the first frame after it has come alive.
      if (at === 39) await expect.poll(off).toBeLessThan(40);
    }
  });
}

test("the address follows when one goes on to the present", async ({ ada, room }) => {
  const seqs = await ada.seed(room, 130);
  await ada.room.open(room, seqs[39]);
  await expect(ada.room.message("line 40")).toBeInViewport();
  await ada.room.pill.click();
  await expect(ada.room.message("line 130")).toBeInViewport();
  await expect(ada.page).toHaveURL(new RegExp(`/r/${room}$`));
  await expect(ada.page.locator(".message--focus")).toHaveCount(0);
  await expect(ada.page).toHaveTitle(/^Room of/);
});

test("the address follows when one scrolls on to the present", async ({ ada, room }) => {
  const seqs = await ada.seed(room, 40);
  await ada.room.open(room, seqs[18]);
  await expect(ada.room.message("line 19")).toBeInViewport();
  await ada.room.scroller.evaluate((scroller) => scroller.scrollTo({ top: 0, behavior: "instant" }));
  await expect(ada.room.message("line 40")).toBeInViewport();
  await expect(ada.page).toHaveURL(new RegExp(`/r/${room}$`));
});
