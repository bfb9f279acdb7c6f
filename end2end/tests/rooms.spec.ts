import { go } from "../support/page.ts";
import { makeRooms } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

test("with many rooms the current one is in view, and all else in reach", async ({ ada, room: _ }) => {
  // With the lobby and the room of this test 500: more are not in the list.
  const names = Array.from({ length: 498 }, (_, n) => `Many ${n + 1}`);
  await makeRooms(ada, names);
  await ada.room.open("many-155");
  const current = ada.page.locator(".nav-link[aria-current]");
  await expect(current).toHaveText("Many 155");
  await expect(current).toBeInViewport({ ratio: 1 });
  for (const reach of [ada.auth.signOut, ada.page.getByRole("button", { name: "Dark" }), ada.page.getByRole("link", { name: "New room" })]) {
    await expect(reach).toBeInViewport({ ratio: 1 });
  }
  const shown = await ada.page.locator(".nav-rooms .nav-link").allTextContents();
  expect(shown.filter((name) => name.startsWith("Many"))).toEqual(names);
  // By a link elsewhere on the page, the list follows: to one that is far up in it.
  await expect(ada.page.locator('.nav-link[href="/r/lobby"]')).not.toBeInViewport();
  await ada.page.evaluate(() => document.querySelector<HTMLElement>('.nav-link[href="/r/lobby"]')?.click());
  await expect(current).toHaveText("Lobby");
  await expect(current).toBeInViewport({ ratio: 1 });
});

test("names and topics can be read in full", async ({ ada }) => {
  const name = "A room with the longest name that a room may have, 60 letters";
  const topic = "What people talk about there, ".repeat(8);
  await ada.createRoom(name.slice(0, 60), topic.trim(), "Open");
  for (const width of [1280, 390]) {
    await ada.page.setViewportSize({ width, height: 800 });
    const cut = await ada.page.locator(".room-name, .nav-link span").evaluateAll((texts) => texts.filter((text) => text.scrollWidth > text.clientWidth).length);
    expect(cut).toBe(0);
    await ada.room.more.click();
    await expect(ada.room.menu.locator(".menu-topic")).toHaveText(topic.trim());
    await expect(ada.room.menu).toBeInViewport({ ratio: 1 });
    await ada.page.keyboard.press("Escape");
    await expect(ada.room.menu).toBeHidden();
  }
});

test("leaving asks first, and the focus stays on the page", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await bob.room.more.click();
  await bob.room.menu.getByRole("button", { name: "Leave…" }).click();
  const question = bob.room.menu.getByRole("dialog");
  await expect(question).toContainText("You can join again at any time.");
  await expect(question.getByRole("button", { name: "Stay" })).toBeFocused();
  await question.getByRole("button", { name: "Stay" }).click();
  await expect(question).toBeHidden();
  await expect(bob.room.composer).toBeVisible();
  await bob.room.menu.getByRole("button", { name: "Leave…" }).click();
  await question.getByRole("button", { name: "Leave" }).click();
  await expect(bob.room.join.first()).toBeVisible();
  await expect(bob.room.menu).toBeHidden();
  await expect(bob.room.more).toBeFocused();
  // Its owner is told what it means.
  await ada.room.more.click();
  await ada.room.menu.getByRole("button", { name: "Leave…" }).click();
  await expect(ada.room.menu.getByRole("dialog")).toContainText("It needs an owner");
});

test("the first field of a form has the focus", async ({ page, ada }) => {
  await go(page, "/register");
  await expect(page.getByLabel("User name")).toBeFocused();
  await go(page, "/login");
  await expect(page.getByLabel("User name")).toBeFocused();
  await go(ada.page, "/rooms/new");
  await expect(ada.page.getByLabel("Name")).toBeFocused();
});
