import { go, submit } from "../support/page.ts";
import type { Person } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

const SIZES = [
  ["a desktop", { width: 1280, height: 800 }],
  ["a phone", { width: 390, height: 844 }],
] as const;

/** The line of somebody in a list of people. */
function row(person: Person, whose: Person) {
  return person.page.locator(".person").filter({ has: person.page.getByText(`@${whose.username}`, { exact: true }) });
}

/** Adds somebody who is looked for by name. */
async function add(host: Person, slug: string, guest: Person): Promise<void> {
  await go(host.page, `/r/${slug}/members`);
  const field = host.page.locator("#username");
  await field.pressSequentially(guest.username.slice(0, -1));
  const option = host.page.getByRole("listbox").getByRole("option").filter({ hasText: `@${guest.username}` });
  await expect(option).toBeVisible();
  await option.click();
  await expect(field).toHaveValue(guest.username);
  await field.press("Enter");
  await expect(host.page.locator(".people-head")).toContainText("2 members");
}

for (const [size, viewport] of SIZES) {
  test(`a private room from its making to the removal of somebody who is there, on ${size}`, async ({ ada, bob, problems }) => {
    problems.allow(/status of 404/);
    for (const { page } of [ada, bob]) await page.setViewportSize(viewport);
    const slug = await ada.createRoom("Plans", "Between us", "Private");
    const title = (person: Person) => person.page.getByRole("heading", { level: 1 });
    await bob.page.goto(`/r/${slug}`);
    await expect(title(bob)).toHaveText("Nobody home");

    // The number of members in the head of the room shows them beside it, and what is looked for there stays there.
    await ada.page.locator(".room-members").click();
    const beside = ada.page.locator(".panel");
    await expect(beside.getByRole("heading", { level: 1 })).toHaveText("Members of Plans");
    await expect(beside.locator(".person")).toHaveCount(1);
    await beside.getByRole("searchbox").fill("nobody");
    await beside.getByRole("searchbox").press("Enter");
    await expect(beside.locator(".person")).toHaveCount(0);
    await expect(ada.page).toHaveURL(new RegExp(`/r/${slug}$`));
    await ada.page.keyboard.press("Escape");
    await expect(beside).toBeHidden();
    await add(ada, slug, bob);
    await bob.room.open(slug);
    await bob.room.say("Here I am");
    await bob.room.expectMessages(["Here I am"]);

    await row(ada, bob).getByText("Manage").click();
    await row(ada, bob).getByRole("button", { name: "Remove from the room" }).click();
    await expect(row(ada, bob)).toHaveCount(0);
    // He has it open, and touches nothing.
    await expect(title(bob)).toHaveText("Nobody home");
    await expect(bob.page.locator(`.nav-link[href="/r/${slug}"]`)).toHaveCount(0);
    await expect(bob.page.getByText("Here I am")).toHaveCount(0);
    await ada.room.open(slug);
    await ada.room.expectMessages(["Here I am"]);
  });
}

test("what a moderator deletes goes from a page that is open", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await bob.room.say("Nightshade tea?");
  await bob.room.expectAllStored();
  const seq = await bob.room.seqOf("Nightshade tea?");
  await ada.room.open(room, seq);
  await ada.page.getByRole("link", { name: "Delete…" }).click();
  await expect(ada.page.getByText("Nightshade tea?")).toBeVisible();
  await submit(ada.page);
  await bob.room.expectMessages([]);
  await expect(ada.room.bodies).toHaveText(["Message deleted."]);
});

test("who is muted is told why, and writes again when they may", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await go(ada.page, `/r/${room}/members`);
  await row(ada, bob).getByText("Manage").click();
  await row(ada, bob).getByRole("button", { name: "Mute" }).click();
  await expect(row(ada, bob)).toContainText("Muted until");
  await bob.room.say("Anybody?");
  await expect(bob.room.failed).toContainText("stopped you from writing");
  await row(ada, bob).getByText("Manage").click();
  await row(ada, bob).getByRole("button", { name: "Let write again" }).click();
  await expect(row(ada, bob)).not.toContainText("Muted");
  await bob.room.failed.getByRole("button", { name: "Retry" }).click();
  await bob.room.expectMessages(["Anybody?"]);
});

test("a room is settled without a script", async ({ ada, browser, problems }) => {
  problems.allow(/status of 404/);
  const slug = await ada.createRoom("Orchard", "", "Public");
  const storageState = await ada.context.storageState();
  const context = await browser.newContext({ baseURL: ada.line.url, storageState, javaScriptEnabled: false });
  problems.watch(context);
  const page = await context.newPage();
  await page.goto(`/r/${slug}/settings`);
  await page.getByLabel("Address").fill(`${slug}-garden`);
  await page.getByRole("button", { name: "Change the address" }).click();
  await expect(page).toHaveURL(new RegExp(`/r/${slug}-garden/settings$`));
  await page.getByLabel("Time between two messages").selectOption("10 seconds");
  await page.getByRole("button", { name: "Set slow mode" }).click();
  await expect(page.getByLabel("Time between two messages")).toHaveValue("10");
  await page.getByRole("button", { name: "Archive this room" }).click();
  await expect(page.getByRole("button", { name: "Bring it back" })).toBeVisible();
  // The address that it had leads to the one that it has.
  await page.goto(`/r/${slug}`);
  await expect(page).toHaveURL(new RegExp(`/r/${slug}-garden$`));
  await expect(page.getByText("This room is archived")).toBeVisible();
  await page.goto(`/r/${slug}-garden/settings`);
  await page.getByRole("button", { name: "Bring it back" }).click();
  await page.getByLabel(/^Private/).check();
  await page.getByRole("button", { name: "Change who may see it" }).click();
  await expect(page.getByLabel(/^Private/)).toBeChecked();
  await page.getByLabel(/to confirm/).fill("Orchid");
  await page.getByRole("button", { name: "Delete this room" }).click();
  await expect(page.getByText("Please type it as it stands above.")).toBeVisible();
  await page.getByLabel(/to confirm/).fill("Orchard");
  await page.getByRole("button", { name: "Delete this room" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto(`/r/${slug}-garden`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nobody home");
  await context.close();
});
