import type { Page } from "@playwright/test";
import { AuthPage } from "../support/auth-page.ts";
import { expectAccessible } from "../support/axe.ts";
import { go } from "../support/page.ts";
import { Person } from "../support/person.ts";
import { Program, reachable } from "../support/program.ts";
import { OWNER } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

async function check(page: Page, address: string): Promise<void> {
  await go(page, address);
  await expectAccessible(page, address);
}

/** Makes one of each of what there is for programs, and checks the pages that show what they show once. */
async function makeForPrograms({ page, room }: Person, mill: string, program: Program): Promise<void> {
  await go(page, "/settings/tokens");
  await page.getByLabel("Name").fill("backups");
  await page.getByRole("button", { name: "Make the token" }).click();
  await page.locator(".made-link").waitFor();
  await expectAccessible(page, "a token that was made");

  await go(page, "/settings/bots");
  await page.getByLabel("User name").fill("miller-bot");
  await page.getByRole("button", { name: "Make the bot" }).click();
  await page.getByRole("link", { name: /^See to / }).first().or(page.getByRole("heading", { name: "Rooms", exact: true })).waitFor();

  await go(page, `/r/${mill}/hooks`);
  await page.getByLabel("Name").fill("Builds");
  await page.getByRole("button", { name: "Make a hook" }).click();
  await page.getByRole("heading", { name: "The address of Builds" }).waitFor();
  await expectAccessible(page, "a hook that was made");

  await go(page, `/r/${mill}/outgoing`);
  await page.getByLabel("Name", { exact: true }).fill("Gnome");
  await page.getByLabel("URL").fill(program.url);
  await page.getByRole("button", { name: "Make an outgoing webhook" }).click();
  await page.getByRole("heading", { name: "Its secret" }).waitFor();
  await expectAccessible(page, "an outgoing webhook that was made");

  for (const address of [`/r/${mill}/commands`, "/admin/commands"]) {
    await program.command(page, address, "grind", "Gnome");
    await expectAccessible(page, `a command that was made at ${address}`);
  }

  await room.open(mill);
  await room.say("The mill turns.");
  await room.expectAllStored();
}

test("pages of a guest", async ({ page, ada, problems }) => {
  problems.allow(/status of 404/);
  await ada.room.say("Something to read, with a [link](https://example.org), `code` and > more");
  await ada.room.expectAllStored();
  for (const address of ["/", "/register", "/login", "/r/lobby", "/nothing/here"]) await check(page, address);
});

test("pages of a member", async ({ ada, room }) => {
  test.slow(); // axe looks at some twenty pages
  await check(ada.page, `/r/${room}`);
  const seqs = await ada.seed(room, ["**one**", "> two", "```\nthree\n```", "[four](https://example.org)", "five"]);
  const pages = ["", "/members", "/settings", "/reports", `/m/${seqs[1]}`, `/m/${seqs[1]}/delete`, `/m/${seqs[1]}/report`, `/m/${seqs[1]}/reactions`, `/m/${seqs[1]}/keep`, "/pins"];
  const own = ["/settings/profile", "/settings/security", "/alerts", "/bookmarks", `/u/${ada.username}`];
  for (const address of ["/", "/rooms/new", "/messages/new", ...pages.map((page) => `/r/${room}${page}`), ...own]) {
    await check(ada.page, address);
  }
});

test("the list of people at a field", async ({ ada, bob }) => {
  await go(ada.page, "/messages/new");
  await ada.page.getByRole("combobox", { name: "To" }).pressSequentially(bob.username);
  await ada.page.getByRole("option").first().waitFor();
  await ada.page.getByRole("combobox", { name: "To" }).press("ArrowDown");
  await expectAccessible(ada.page, "people to choose from");
});

test("pages of the administration", async ({ arrive }) => {
  test.slow(); // axe looks at some twenty pages
  const owner = await arrive("Hanna", OWNER);
  await owner.signIn();
  const pages = ["people", `people/${OWNER}`, "rooms", "rooms/lobby", "reports", "invites", "sessions", "settings", "announce", "audit"];
  for (const page of pages) await check(owner.page, `/admin/${page}`);
  for (const address of ["/admin", "/welcome", "/welcome?step=2", "/welcome?step=3"]) await check(owner.page, address);
  await go(owner.page, "/admin/invites");
  await owner.page.getByRole("button", { name: "Make an invite" }).click();
  await expect(owner.page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
  await expectAccessible(owner.page, "an invite that was made");
  await check(owner.page, new URL(await owner.page.locator(".made-link a").innerText()).pathname);
});

for (const width of [1280, 390]) {
  test(`pages for programs, with something in them, ${width} pixels wide`, async ({ browser, problems }) => {
    test.slow(); // axe looks at some twenty pages
    const [server, program] = [await reachable(), await Program.start()];
    const owner = await Person.arrive("Hanna", browser, server, problems, OWNER);
    const { page, room } = owner;
    await page.setViewportSize({ width, height: 800 });
    await owner.signIn();
    const mill = await owner.createRoom("Mill", "", "Open");
    await makeForPrograms(owner, mill, program);

    await go(page, `/r/${mill}/outgoing`);
    await page.getByRole("link", { name: "Gnome" }).click();
    await expect(async () => {
      await page.reload();
      await expect(page.getByText("Delivered")).toBeVisible({ timeout: 300 });
    }).toPass();
    await expectAccessible(page, "a delivery");
    await go(page, "/settings/bots");
    await page.getByRole("link", { name: /^See to / }).click();
    await page.getByRole("heading", { name: "Rooms", exact: true }).waitFor();
    await expectAccessible(page, "a bot");
    const own = ["tokens", "bots"].map((tab) => `/settings/${tab}`);
    const ofRoom = ["hooks", "outgoing", "commands", "settings"].map((part) => `/r/${mill}/${part}`);
    for (const address of [...own, ...ofRoom, "/admin/commands", "/admin/audit"]) await check(page, address);

    program.answer = { text: "It grinds." };
    await room.open(mill);
    await room.say("/grind");
    await expect(page.locator(".room-notice")).toContainText("It grinds.");
    await room.composer.pressSequentially("/");
    await expect(page.getByRole("option")).toHaveText(["/grindGnome"]);
    await expectAccessible(page, "what a command says, and the commands to choose from");

    await go(page, "/api");
    await page.locator(".opblock").first().waitFor();
    await expectAccessible(page, "/api");
    await owner.leave();
    await server.remove();
    program.stop();
  });
}

test("pages and panels with something in them", async ({ ada, bob, room, problems }) => {
  problems.allow(/status of 404/);
  await bob.room.enter(room);
  await bob.room.say("Nightshade tea?");
  await bob.room.expectAllStored();
  const seq = await bob.room.seqOf("Nightshade tea?");
  await go(bob.page, `/r/${room}/m/${seq}/report`);
  await bob.page.locator("main form textarea, main form input[type=text]").first().fill("Poison");
  await bob.page.locator("main form.form .button").click();
  await expect(bob.page.getByRole("heading", { level: 1 })).toHaveText("Reported");
  for (const address of ["/alerts", `/r/${room}/reports`, `/r/${room}/invites`, "/nothing/here"]) await check(ada.page, address);
  await check(bob.page, `/r/${room}/members`);
  // Those who are in a room, beside it and on a page, with what may be done about them unfolded.
  await ada.room.open(room);
  await ada.page.locator(".room-members").click();
  for (const where of [ada.page.locator(".panel"), ada.page.locator("main")]) {
    const person = where.locator(".person").filter({ hasText: `@${bob.username}` });
    await person.getByText("Manage").click();
    await expect(person.getByRole("button", { name: "Remove and ban" })).toBeVisible();
    await expectAccessible(ada.page, "a member with what may be done about them");
    await go(ada.page, `/r/${room}/members`);
  }
  await go(ada.page, "/messages/new");
  await ada.page.getByLabel("To").fill(bob.username);
  await ada.page.locator("main form.form .button").click();
  await expect(ada.page).toHaveURL(/\/r\//);
  await check(ada.page, new URL(ada.page.url()).pathname);
});

test("the menu of a room, and the question before one leaves", async ({ ada, room: _ }) => {
  await ada.room.more.click();
  await ada.room.menu.getByRole("button", { name: "Leave…" }).click();
  await expectAccessible(ada.page, "the question before one leaves");
});

test("a room that can be joined", async ({ bob, room }) => {
  await check(bob.page, `/r/${room}`);
});

test("a refused form", async ({ page, problems }) => {
  problems.allow(/status of 4\d\d/);
  await go(page, "/login");
  await new AuthPage(page).fill("nobody-at-all", "not the password");
  await expect(page.getByText("User name or password is wrong")).toBeVisible();
  await expectAccessible(page, "a refused form");
});

test("everything in a room can be reached by keyboard", async ({ ada, room }) => {
  await ada.seed(room, ["one", "two"]);
  await ada.room.open(room);
  const reached = new Set<string>();
  for (let presses = 0; presses < 60; presses += 1) {
    await ada.page.keyboard.press("Tab");
    reached.add(await ada.page.evaluate(() => document.activeElement?.className ?? ""));
  }
  await ada.room.scroller.focus();
  for (const key of ["ArrowUp", "ArrowRight", "ArrowRight"]) {
    await ada.page.keyboard.press(key);
    reached.add(await ada.page.evaluate(() => document.activeElement?.className ?? ""));
  }
  for (const part of ["message-time", "scroller", "composer-send"]) expect([...reached].join(" ")).toContain(part);
});

test("a focused element can be seen to be", async ({ ada }) => {
  await ada.room.composer.focus();
  await ada.page.keyboard.press("Tab");
  const outline = await ada.page.evaluate(() => {
    const style = getComputedStyle(document.activeElement ?? document.body);
    return `${style.outlineStyle} ${style.boxShadow}`;
  });
  expect(outline).not.toBe("none none");
});
