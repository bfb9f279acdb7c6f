import type { Page } from "@playwright/test";
import { expect, test } from "../support/test.ts";

/** What has the focus: the id of a message, else its class. */
async function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.id || (document.activeElement?.className ?? "").toString());
}

test("the list of messages is one stop of the Tab key, and loads nothing for it", async ({ ada, room }) => {
  await ada.seed(room, 130);
  await ada.room.open(room);
  await expect(ada.room.composer).toBeFocused();
  // What is on its way is not among the messages yet.
  const loaded: string[] = [];
  ada.page.on("request", (request) => request.url().includes("/room_page") && loaded.push(request.url()));
  await ada.room.more.focus();
  await ada.page.keyboard.press("Tab");
  await expect(ada.room.scroller).toBeFocused();
  await ada.page.keyboard.press("Tab");
  await expect(ada.room.composer).toBeFocused();
  await ada.page.keyboard.press("Shift+Tab");
  expect(await ada.page.evaluate(() => document.activeElement?.closest(".scroller") !== null)).toBe(true);
  await ada.page.keyboard.press("Shift+Tab");
  await expect(ada.room.more).toBeFocused();
  expect(loaded).toEqual([]);
  await expect(ada.room.messages).toHaveCount(50);
});

test("arrow keys go from message to message and through what is in one", async ({ ada, room }) => {
  const seqs = await ada.seed(room, ["one", "two with a [link](https://example.org)", "three"]);
  await ada.room.open(room);
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("End");
  expect(await focused(ada.page)).toBe(`m${seqs[2]}`);
  await ada.page.keyboard.press("ArrowUp");
  expect(await focused(ada.page)).toBe(`m${seqs[1]}`);
  await ada.page.keyboard.press("ArrowRight");
  expect(await focused(ada.page)).toBe("message-time");
  await ada.page.keyboard.press("ArrowRight");
  await expect(ada.page.getByRole("link", { name: "link" })).toBeFocused();
  // Behind its text stands what may be done with it.
  await ada.page.keyboard.press("ArrowRight");
  await expect(ada.page.getByRole("toolbar").getByRole("button").first()).toBeFocused();
  await ada.page.keyboard.press("ArrowLeft");
  await ada.page.keyboard.press("ArrowLeft");
  await ada.page.keyboard.press("ArrowLeft");
  expect(await focused(ada.page)).toBe(`m${seqs[1]}`);
  await ada.page.keyboard.press("Home");
  expect(await focused(ada.page)).toBe(`m${seqs[0]}`);
});

test("older messages are loaded by a press, and the focus, the selection and the rows stay", async ({ ada, room }) => {
  const seqs = await ada.seed(room, 130);
  await ada.room.open(room);
  await expect(ada.room.composer).toBeFocused();
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("Home");
  await expect(ada.room.older).toBeFocused();
  await expect(ada.room.messages).toHaveCount(50);
  await ada.page.keyboard.press("ArrowDown");
  expect(await focused(ada.page)).toBe(`m${seqs[80]}`);
  const row = await ada.room.message("line 82").elementHandle();
  await row?.evaluate((element) => {
    getSelection()?.selectAllChildren(element.querySelector(".message-body") ?? element);
    const rows = [...document.querySelectorAll(".message")];
    const left: string[] = [];
    new MutationObserver((changes) => {
      for (const { removedNodes } of changes) for (const node of removedNodes) if (rows.includes(node as Element)) left.push((node as Element).id);
    }).observe(element.closest(".timeline") ?? element, { childList: true });
    const live: string[] = [];
    const log = element.closest("[role=log]");
    new MutationObserver(() => live.push(`${log?.getAttribute("aria-live")} ${log?.getAttribute("aria-busy")}`)).observe(log ?? element, { childList: true, subtree: true });
    Object.assign(window, { left, live });
  });
  await ada.room.older.click();
  await expect(ada.room.messages).toHaveCount(100);
  expect(await ada.page.evaluate(() => getSelection()?.toString().trim())).toBe("line 82");
  expect(await ada.page.evaluate(() => (window as unknown as { left: string[] }).left)).toEqual([]);
  // Screen readers are told when it is painted, and until then nothing is news.
  expect(await ada.page.evaluate(() => (window as unknown as { live: string[] }).live)).toContain("off true");
  expect(await ada.page.evaluate(() => new Set((window as unknown as { live: string[] }).live).size)).toBe(1);
  await expect(ada.room.timeline).not.toHaveAttribute("aria-busy", "true");
  await expect(ada.room.timeline).toHaveAttribute("aria-live", "polite");

  await ada.room.message("line 81").evaluate((element) => (element as HTMLElement).focus());
  await ada.page.mouse.move(600, 300);
  await ada.page.mouse.wheel(0, -20_000);
  await expect(ada.room.messages).toHaveCount(130);
  expect(await focused(ada.page)).toBe(`m${seqs[80]}`);
});

test("what had the focus may go, and the focus stays in the list", async ({ ada, room }) => {
  await ada.seed(room, 60);
  await ada.room.open(room);
  await expect(ada.room.composer).toBeFocused();
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("Home");
  await expect(ada.room.older).toBeFocused();
  await ada.page.keyboard.press("Enter");
  await expect(ada.room.messages).toHaveCount(60);
  await expect(ada.room.older).toBeHidden();
  await expect(ada.room.scroller).toBeFocused();
});

test("a long talk drops its far end without a stir in the rest", async ({ ada, bob, room }) => {
  test.slow();
  await bob.room.enter(room);
  await ada.room.open(room);
  await ada.seed(room, 340);
  await expect(ada.room.message("line 340")).toBeInViewport();
  await ada.page.evaluate(() => {
    const rows = [...document.querySelectorAll(".message")].slice(-100);
    const left: string[] = [];
    new MutationObserver((changes) => {
      for (const { removedNodes } of changes) for (const node of removedNodes) if (rows.includes(node as Element)) left.push((node as Element).id);
    }).observe(document.querySelector(".timeline") ?? document, { childList: true });
    Object.assign(window, { left });
  });
  await bob.seed(room, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]);
  await expect(ada.room.message("l")).toBeInViewport();
  await expect(ada.room.message("line 1")).toHaveCount(0);
  expect(await ada.page.evaluate(() => (window as unknown as { left: string[] }).left)).toEqual([]);
});
