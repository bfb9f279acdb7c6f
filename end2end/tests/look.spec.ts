import type { Page } from "@playwright/test";
import { go } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

for (const scheme of ["dark", "light"] as const) {
  test(`the colours follow the system: ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await go(page, "/");
    const [red = 0] = ((await background(page)).match(/\d+(\.\d+)?/g) ?? []).map(Number);
    if (scheme === "dark") expect(red).toBeLessThan(80);
    else expect(red).toBeGreaterThan(200);
  });

  test(`${scheme} can be chosen against the system, and is in the first HTML from then on`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme === "dark" ? "light" : "dark" });
    await go(page, "/");
    const before = await background(page);
    await page.getByRole("button", { name: new RegExp(scheme, "i") }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", scheme);
    await expect.poll(() => background(page)).not.toBe(before);
    const chosen = await background(page);
    await expect.poll(async () => (await page.context().cookies()).find((cookie) => cookie.name === "snug_theme")?.value).toBe(scheme);

    expect(await (await page.request.get("/")).text()).toMatch(new RegExp(`<html[^>]*data-theme="${scheme}"`));
    await go(page, "/login");
    expect(await background(page)).toBe(chosen);
  });
}

/** Adds up how much the page moved by itself, as the browser measures it. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts = { sum: 0 };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.sum += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
}

async function shifted(page: Page): Promise<number> {
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  return page.evaluate(() => (window as unknown as { shifts: { sum: number } }).shifts.sum);
}

test("nothing moves while a page comes alive", async ({ ada, room }) => {
  await ada.seed(room, ["short", "**bold** and `code`", "> quote\n\n- list\n- of things", "a longer one ".repeat(30), "```\nlet x = 1;\n```"]);
  await watchShifts(ada.page);
  for (const address of [`/r/${room}`, "/", "/r/lobby", "/rooms/new"]) {
    await go(ada.page, address);
    expect(await shifted(ada.page), address).toBeLessThan(0.001);
  }
});

test("nothing moves while a full room comes alive", async ({ ada, room }) => {
  await ada.seed(room, 80);
  await watchShifts(ada.page);
  await ada.room.open(room);
  await expect(ada.room.message("line 80")).toBeInViewport();
  expect(await shifted(ada.page)).toBeLessThan(0.001);
});

test("every page has a strict content security policy, and keeps to it", async ({ page }) => {
  for (const address of ["/", "/r/lobby", "/login", "/register"]) {
    const answer = await page.goto(address);
    const headers = answer?.headers() ?? {};
    const policy = headers["content-security-policy"] ?? "";
    const scripts = policy.split(";").find((part) => part.trim().startsWith("script-src")) ?? "";
    expect(scripts).toMatch(/'nonce-[^']{16,}'/);
    expect(scripts).not.toMatch(/'unsafe-(inline|eval)'/);
    expect(policy).toContain("frame-ancestors");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBeTruthy();
    // A breach would be an error on the console, which fails the test.
    await expect(page.locator("html[data-hydrated]")).toBeAttached();
  }
});

test("two answers never share a nonce", async ({ page }) => {
  const nonce = async () => (await page.request.get("/")).headers()["content-security-policy"]?.match(/'nonce-([^']+)'/)?.[1];
  const [one, two] = [await nonce(), await nonce()];
  expect(one).toBeTruthy();
  expect(one).not.toBe(two);
});

test("what the page is made of is cached for good and compressed", async ({ page }) => {
  const assets = new Map<string, Record<string, string>>();
  page.on("response", (answer) => {
    const path = new URL(answer.url()).pathname;
    if (path.startsWith("/pkg/")) assets.set(path, answer.headers());
  });
  await go(page, "/");
  expect(assets.size).toBeGreaterThanOrEqual(3);
  for (const [path, headers] of assets) {
    expect(headers["cache-control"], path).toContain("immutable");
    expect(headers["content-encoding"], path).toMatch(/^(br|gzip)$/);
  }
});

test("a message cannot run a script or leave its place", async ({ ada, room }) => {
  const attacks = [
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "[click](javascript:document.title='owned')",
    "</textarea></div></section><h1>owned</h1>",
    "![x](https://example.org/pixel.png)",
  ];
  await ada.seed(room, attacks);
  await ada.room.open(room);
  await expect(ada.room.messages).toHaveCount(attacks.length);
  await expect(ada.page).not.toHaveTitle(/owned/);
  await expect(ada.room.bodies.locator("script, img, h1, [onerror], a[href^='javascript']")).toHaveCount(0);
});
