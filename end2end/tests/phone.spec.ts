import type { Page } from "@playwright/test";
import { go } from "../support/page.ts";
import { OWNER } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

const WIDTHS = [390, 320];

async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over, where).toBeLessThanOrEqual(0);
}

/** What stands in `main` beyond the right edge of the window: `main` scrolls, so the width of the document does not tell. */
async function beyondTheEdge(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (element: Element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
    const isMoved = (element: Element): boolean => {
      const parent = element.parentElement;
      return parent !== null && parent.tagName !== "MAIN" && (scrolls(parent) || isMoved(parent));
    };
    // What lies in something that is moved sideways by itself, such as the row of tabs, is in reach.
    const over = (element: Element) => element.getBoundingClientRect().right > window.innerWidth + 0.5 && !isMoved(element);
    return [...document.querySelectorAll("main *")].filter(over).map((element) => `${element.tagName}.${element.className}`);
  });
}

for (const width of WIDTHS) {
  test(`no page is wider than ${width} pixels`, async ({ page, ada, room, problems }) => {
    problems.allow(/status of 404/);
    await ada.seed(room, ["x".repeat(300), `https://example.org/${"long/".repeat(40)}`, `\`\`\`\n${"wide code ".repeat(40)}\n\`\`\``]);
    for (const [tab, addresses] of [
      [page, ["/", "/login", "/register", "/r/lobby", "/nothing/here"]],
      [ada.page, ["/", "/rooms/new", `/r/${room}`, `/r/${room}/members`, `/r/${room}/settings`, `/r/${room}/reports`, "/r/lobby"]],
    ] as const) {
      await tab.setViewportSize({ width, height: 700 });
      for (const address of addresses) {
        await go(tab, address);
        await expectNoSidewaysScroll(tab, address);
      }
    }
    await ada.room.open(room);
    await expect(ada.room.bodies.last()).toBeInViewport();
    await expect(ada.room.composer).toBeInViewport({ ratio: 1 });
  });

  test(`the list of rooms opens and closes at ${width} pixels`, async ({ ada, room }) => {
    await ada.page.setViewportSize({ width, height: 700 });
    await ada.room.open(room);
    const lobby = ada.page.locator('nav a[href="/r/lobby"]').first();
    await expect(lobby).not.toBeInViewport();
    await ada.page.getByRole("button", { name: /rooms|menu/i }).first().tap();
    await expect(lobby).toBeInViewport({ ratio: 1 });
    await lobby.tap();
    await expect(ada.page.locator(".room-name")).toHaveText("Lobby");
    await expect(lobby).not.toBeInViewport();
    await expectNoSidewaysScroll(ada.page, "after the drawer");
  });
}

for (const width of WIDTHS) {
  test(`nothing of the settings is beyond the edge at ${width} pixels`, async ({ arrive }) => {
    // Whoever owns the house may make bots.
    const owner = await arrive("Hanna", OWNER);
    await owner.signIn();
    const { page } = owner;
    await page.setViewportSize({ width, height: 700 });
    await go(page, "/settings/bots");
    await page.getByLabel("User name").fill(`edge${Date.now() % 1_000_000_000}`);
    await page.getByRole("button", { name: "Make the bot" }).click();
    await expect(page).toHaveURL(/\/settings\/bots\/[^/?]+/);
    const bot = new URL(page.url()).pathname;
    for (const tab of ["profile", "security", "notifications", "tokens", "bots"]) {
      await go(page, `/settings/${tab}`);
      expect(await beyondTheEdge(page), tab).toEqual([]);
    }
    await go(page, bot);
    expect(await beyondTheEdge(page), "a bot").toEqual([]);
  });
}

test("the drawer closes on the room that one is in", async ({ ada, room }) => {
  await ada.room.open(room);
  const current = ada.page.locator(".nav-link[aria-current]");
  await ada.page.getByRole("button", { name: /rooms and menu/i }).tap();
  await expect(current).toBeInViewport({ ratio: 1 });
  await current.tap();
  await expect(current).not.toBeInViewport();
  await expect(ada.page.locator(".room-name")).toHaveText(`Room of ${ada.username}`);
});

test("Enter makes a new line on touch, and the button sends", async ({ ada, room: _ }) => {
  await ada.room.composer.tap();
  await ada.page.keyboard.type("one");
  await ada.page.keyboard.press("Enter");
  await ada.page.keyboard.type("two");
  await expect(ada.room.composer).toHaveValue("one\ntwo");
  await ada.room.send.tap();
  await expect(ada.room.messages).toHaveCount(1);
  await expect(ada.room.composer).toHaveValue("");
  await ada.room.expectAllStored();
});

test("a room does not call up the keyboard by itself", async ({ ada, room }) => {
  await ada.room.open(room);
  await expect(ada.room.composer).not.toBeFocused();
});

test("what one taps is large enough for a finger", async ({ ada, room }) => {
  await ada.room.open(room);
  for (const button of [ada.room.send, ada.page.getByRole("button", { name: /rooms|menu/i }).first()]) {
    const box = await button.boundingBox();
    // WCAG 2.2, 2.5.8 asks for 24; a thumb wants more.
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(36);
  }
});
