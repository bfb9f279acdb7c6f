import type { Page } from "@playwright/test";
import { go, hydrated } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

/** The page's background as red, green and blue, however the style sheet says it. */
async function background(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d");
    if (!canvas) throw new Error("no canvas");
    canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  });
}

for (const scheme of ["dark", "light"] as const) {
  test(`the colours follow the system: ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await go(page, "/");
    const color = await background(page);
    if (scheme === "dark") expect(Math.max(...color)).toBeLessThan(80);
    else expect(Math.min(...color)).toBeGreaterThan(200);
  });

  test(`${scheme} can be chosen against the system, and is in the first HTML from then on`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme === "dark" ? "light" : "dark" });
    await go(page, "/");
    const before = await background(page);
    await page.getByRole("button", { name: new RegExp(scheme, "i") }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", scheme);
    await expect.poll(() => background(page)).not.toEqual(before);
    const chosen = await background(page);
    await expect.poll(async () => (await page.context().cookies()).find((cookie) => cookie.name === "snug_theme")?.value).toBe(scheme);

    expect(await (await page.request.get("/")).text()).toMatch(new RegExp(`<html[^>]*data-theme="${scheme}"`));
    await go(page, "/login");
    expect(await background(page)).toEqual(chosen);
  });
}

/** Takes down what moves by itself, as the browser sees it. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    type Shift = PerformanceEntry & { value: number; sources: { node: Element | null; previousRect: DOMRect; currentRect: DOMRect }[] };
    const shifts: string[] = [];
    Object.assign(window, { shifts });
    const rect = ({ x, y, width, height }: DOMRect) => [x, y, width, height].join(" ");
    new PerformanceObserver((list) => {
      for (const { value, startTime, sources } of list.getEntries() as Shift[]) {
        const moved = sources.map((source) => `${source.node?.nodeName} ${source.node?.className}: ${rect(source.previousRect)} → ${rect(source.currentRect)}`);
        shifts.push(`${value} at ${startTime} ms: ${moved.join(", ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

async function shifts(page: Page): Promise<string[]> {
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  return page.evaluate(() => (window as unknown as { shifts: string[] }).shifts);
}

test("nothing moves while a page comes alive", async ({ ada, room }) => {
  await ada.seed(room, ["short", "**bold** and `code`", "> quote\n\n- list\n- of things", "a longer one ".repeat(30), "```\nlet x = 1;\n```"]);
  await watchShifts(ada.page);
  for (const address of [`/r/${room}`, "/", "/r/lobby", "/rooms/new"]) {
    await go(ada.page, address);
    expect(await shifts(ada.page), address).toEqual([]);
  }
});

test("nothing moves while a full room trickles in and comes alive", async ({ ada, room }) => {
  await ada.seed(room, 80);
  await watchShifts(ada.page);
  const slow = { offline: false, latency: 50, downloadThroughput: 100_000, uploadThroughput: 100_000 };
  const browser = await ada.context.newCDPSession(ada.page);
  await browser.send("Network.emulateNetworkConditions", slow);
  await ada.room.open(room);
  await expect(ada.room.message("line 80")).toBeInViewport();
  expect(await shifts(ada.page)).toEqual([]);
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
    await hydrated(page);
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
  await go(page, "/r/lobby");
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

test("a long name pushes nothing out of the sidebar", async ({ newcomer }) => {
  const long = await newcomer("Maximiliana Konstantinopolitanska von zu Hausen");
  const sidebar = await long.page.locator(".sidebar-foot").boundingBox();
  const signOut = await long.auth.signOut.boundingBox();
  expect((signOut?.x ?? 0) + (signOut?.width ?? 0)).toBeLessThanOrEqual((sidebar?.x ?? 0) + (sidebar?.width ?? 0));
});
