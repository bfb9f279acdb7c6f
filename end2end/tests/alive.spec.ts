import { expect, test } from "../support/test.ts";

test("a page whose script does not come says so, and still sends", async ({ ada, room, problems }) => {
  problems.allow(/Failed to load resource/, /ERR_FAILED/, /Failed to fetch/, /dynamically imported module/);
  await ada.page.route(/\.wasm$/, (route) => route.abort());
  await ada.page.goto(`/r/${room}`);
  await expect(ada.page.getByText("This page is not live")).toBeVisible();
  await expect(ada.page.getByText("Enter sends")).toBeHidden();
  await ada.room.composer.fill("by form");
  await ada.room.send.click();
  await expect(ada.page).toHaveURL(/#m\d+$/);
  await expect(ada.room.message("by form")).toBeVisible();
});

test("a page whose script takes its time says so after a while, and no more when it has come", async ({ ada, room }) => {
  let come = (): void => {};
  const coming = new Promise<void>((resolve) => { come = resolve; });
  await ada.page.route(/\.wasm$/, async (route) => {
    await coming;
    await route.continue();
  });
  await ada.page.goto(`/r/${room}`);
  const still = ada.page.getByText("This page is not live");
  await expect(still).toBeHidden();
  await expect(still).toBeVisible({ timeout: 15_000 });
  come();
  await expect(still).toBeHidden();
  await expect(ada.page.getByText("Enter sends")).toBeVisible();
});

test("a message that is refused before the script came is there with the reason, and goes out then", async ({ ada, room, problems }) => {
  problems.allow(/status of 422/);
  const answer = await ada.page.request.get(`/r/${room}`);
  expect(answer.ok()).toBe(true);
  await ada.page.evaluate(() => {
    const form = document.querySelector<HTMLFormElement>("form.composer");
    const text = form?.querySelector("textarea");
    if (text) text.value = "x".repeat(8_001);
    form?.submit();
  });
  await expect(ada.page.locator("#composer-fault")).toContainText("at most 8000");
  await expect(ada.page.locator("html")).toHaveAttribute("data-hydrated", "");
  await expect(ada.page.locator("#composer-fault")).toContainText("at most 8000");
  await expect(ada.room.composer).toHaveValue("x".repeat(8_001));
  await ada.room.say("short");
  await ada.room.expectMessages(["short"]);
});

test("a room that is on its way shows its name and where the messages will be", async ({ ada, room }) => {
  await ada.room.open("lobby");
  let come = (): void => {};
  const coming = new Promise<void>((resolve) => { come = resolve; });
  await ada.page.route("**/api/fn/room_page", async (route) => {
    await coming;
    await route.continue();
  });
  await ada.page.locator(`.nav-link[href="/r/${room}"]`).click();
  await expect(ada.page.locator(".room-name")).toHaveText(`Room of ${ada.username}`);
  await expect(ada.page.locator(".skeleton")).toBeVisible();
  const box = await ada.page.locator(".skeleton").boundingBox();
  expect(box?.height).toBeGreaterThan(300);
  come();
  await expect(ada.room.composer).toBeVisible();
  await expect(ada.page.locator(".skeleton")).toHaveCount(0);
});

test("a page lives without what should come late, and gets it once there is a connection", async ({ ada, room, problems }) => {
  // The browser says itself what it could not load.
  problems.allow(/^console: Failed to load resource/);
  await ada.page.route(/\/late\//, (route) => route.abort());
  await ada.room.open(room);
  await ada.page.keyboard.press("ControlOrMeta+k");
  await ada.room.composer.pressSequentially("@");
  await ada.room.say("Nobody in particular");
  await expect(ada.room.message("Nobody in particular")).toBeVisible();
  await ada.room.expectAllStored();
  const palette = ada.page.getByRole("dialog", { name: "Go to" });
  await expect(palette).toBeHidden();
  await ada.page.unroute(/\/late\//);
  await ada.page.keyboard.press("ControlOrMeta+k");
  await expect(palette).toBeVisible();
});

test("a key that is none, as browsers tell of when they fill in a field, does no harm", async ({ ada, room: _ }) => {
  for (const box of [ada.room.composer, ada.room.scroller]) {
    await box.evaluate((element) => void element.dispatchEvent(new Event("keydown", { bubbles: true })));
    await box.press("ArrowLeft");
  }
  await ada.room.say("Keys are heard as before");
  await expect(ada.room.message("Keys are heard as before")).toBeVisible();
  await ada.room.expectAllStored();
});

test("a page that has stopped says so, and offers the way out", async ({ ada, room: _, problems }) => {
  problems.allow(/unreachable/);
  await ada.page.evaluate(() => void setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
  const bar = ada.page.getByRole("alert").filter({ hasText: "This page has stopped working." });
  await bar.getByRole("link", { name: "Reload" }).click();
  await expect(bar).toHaveCount(0);
  await expect(ada.room.composer).toBeVisible();
});

test("what one reads stays while the composer grows and the window shrinks", async ({ ada, room }) => {
  await ada.seed(room, 60);
  await ada.room.open(room);
  const line = ada.room.message("line 30");
  await line.evaluate((row) => row.scrollIntoView({ block: "center", behavior: "instant" }));
  const top = async () => (await line.boundingBox())?.y ?? 0;
  const before = await top();
  // The page answers a new size before it is painted; what is asked for in between can be older.
  const stays = async () => await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThanOrEqual(1);
  await ada.room.composer.fill("1\n2\n3\n4\n5\n6");
  await expect.poll(async () => (await ada.room.composer.boundingBox())?.height).toBeGreaterThan(100);
  await stays();
  await ada.room.composer.fill("");
  await stays();
  await ada.page.setViewportSize({ width: 1280, height: 620 });
  await stays();
  await ada.room.scroller.evaluate((scroller) => scroller.scrollTo({ top: 0, behavior: "instant" }));
  await ada.room.composer.fill("1\n2\n3\n4\n5\n6");
  await expect(ada.room.message("line 60")).toBeInViewport({ ratio: 1 });
});

test("what one reads stays when the box gets another size before the page has heard of the scrolling", async ({ ada, room }) => {
  await ada.seed(room, 60);
  await ada.room.open(room);
  const line = ada.room.message("line 30");
  // All of it before the next frame, in which the browser tells of the scrolling first and of the size after it.
  const before = await line.evaluate((row) => {
    row.scrollIntoView({ block: "center", behavior: "instant" });
    const top = row.getBoundingClientRect().top;
    const text = document.querySelector<HTMLTextAreaElement>("form.composer textarea");
    if (text) text.value = "1\n2\n3\n4\n5\n6";
    text?.dispatchEvent(new InputEvent("input", { bubbles: true }));
    return top;
  });
  const stays = async () => {
    // Two frames on, all that these sizes bring about is done.
    const after = await line.evaluate(async (row) => {
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      return row.getBoundingClientRect().top;
    });
    expect(Math.abs(after - before), "what one reads moved by so many pixels").toBeLessThanOrEqual(1);
  };
  await expect.poll(async () => (await ada.room.composer.boundingBox())?.height).toBeGreaterThan(100);
  await stays();
  // As somebody draws the edge of the window: each size comes with the scrolling that the one before has made.
  const heights = Array.from({ length: 20 }, (_, step) => 790 - step * 10);
  await Promise.all(heights.map((height) => ada.page.setViewportSize({ width: 1280, height })));
  await expect.poll(() => ada.page.evaluate(() => innerHeight)).toBe(600);
  await stays();
});

test("what comes in while one goes up from the end does not bring one back", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.seed(room, 60);
  // The view goes up after the message has arrived, and before the page hears of either.
  await ada.page.addInitScript(() => {
    window.WebSocket = class extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols);
        this.addEventListener("message", ({ data }) => {
          if (!String(data).includes("news")) return;
          const scroller = document.querySelector("[data-room] .scroller");
          scroller?.scrollTo({ top: -600, behavior: "instant" });
        });
      }
    };
  });
  await ada.room.open(room);
  await expect(ada.room.message("line 60")).toBeInViewport();
  await bob.room.say("news");
  await expect(ada.room.message("news")).toHaveCount(1);
  await expect(ada.room.pill).toContainText("1 new message");
  expect(await ada.room.distanceToEnd()).toBeGreaterThan(500);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("print gives all messages and nothing to press", async ({ ada, room }) => {
      await ada.seed(room, 50);
      await ada.room.open(room);
      await ada.page.emulateMedia({ media: "print", colorScheme });
      await expect(ada.room.composer).toBeHidden();
      await expect(ada.page.locator(".sidebar")).toBeHidden();
      const { room: height, body } = await ada.page.evaluate(() => ({
        room: document.querySelector(".timeline")?.getBoundingClientRect().height ?? 0,
        body: document.documentElement.scrollHeight,
      }));
      expect(height).toBeGreaterThan(900);
      expect(body).toBeGreaterThanOrEqual(height);
      const ink = await ada.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
      expect(ink).toBe("light");
    });
  });
}
