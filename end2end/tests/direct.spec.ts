import { expect, test } from "../support/test.ts";
import { BACK, go, hydrated, submit } from "../support/page.ts";

test("two people write to each other, hide it, and find it again", async ({ ada, bob }) => {
  await bob.room.open("lobby");
  await go(ada.page, "/messages/new");
  await ada.page.getByLabel("To").fill(`@${bob.username}`);
  await submit(ada.page);
  await expect(ada.page).toHaveURL(/\/r\/[0-9a-f-]{36}$/);
  await expect(ada.page.getByRole("heading", { level: 1 })).toContainText(bob.name);
  await hydrated(ada.page);
  await ada.room.say("Just the two of us");
  await ada.room.expectAllStored();
  const address = new URL(ada.page.url()).pathname;

  // It stands in his list, under her name, and in nobody's address.
  const his = bob.page.locator(`.nav-link[href="${address}"]`);
  await expect(his).toContainText(ada.name);
  await bob.room.open(address.slice("/r/".length));
  await expect(bob.page.getByRole("heading", { level: 1 })).toContainText(ada.name);
  await bob.room.expectMessages(["Just the two of us"]);
  await bob.room.say("Good");
  await ada.room.expectMessages(["Just the two of us", "Good"]);

  await ada.room.more.click();
  await expect(ada.page.getByRole("button", { name: "Leave…" })).toHaveCount(0);
  await ada.page.getByRole("button", { name: "Hide from the list" }).click();
  await expect(ada.page).toHaveURL(/\/$/);
  await expect(ada.page.locator(`.nav-link[href="${address}"]`)).toHaveCount(0);
  await ada.room.open("lobby");
  await bob.room.say("Are you there?");
  await expect(ada.page.locator(`.nav-link[href="${address}"]`)).toContainText(bob.name);
});

test("a room that one came into before the page had its connection is in the list", async ({ ada, bob, problems }) => {
  problems.allowOutage();
  bob.line.cutSockets();
  await bob.room.open("lobby");
  await go(ada.page, "/messages/new");
  await ada.page.getByLabel("To").fill(`@${bob.username}`);
  await submit(ada.page);
  await expect(ada.page).toHaveURL(/\/r\/[0-9a-f-]{36}$/);
  await ada.room.say("Are you there yet?");
  await ada.room.expectAllStored();
  const his = bob.page.locator(`.nav-link[href="${new URL(ada.page.url()).pathname}"]`);
  await expect(his).toHaveCount(0);
  bob.line.mend();
  await expect(his).toContainText(ada.name, BACK);
});

test("whom there is not one is told, and what was typed stays", async ({ ada }) => {
  await go(ada.page, "/messages/new");
  await ada.page.getByLabel("To").fill("nobody-at-all");
  await submit(ada.page);
  await expect(ada.page.locator("#people-fault")).toContainText("There is nobody");
  await expect(ada.page.getByLabel("To")).toHaveValue("nobody-at-all");
});

test("people are offered while one types, by keys and aloud", async ({ ada, bob, arrive }) => {
  const cid = await arrive("Cid");
  await cid.register();
  await go(ada.page, "/messages/new");
  const field = ada.page.getByRole("combobox", { name: "To" });
  const options = ada.page.getByRole("listbox", { name: "People" }).getByRole("option");
  for (const { username } of [bob, cid]) {
    await field.pressSequentially(username);
    await expect(options.first()).toContainText(`@${username}`);
    await field.press("Escape");
    await expect(options).toHaveCount(0);
    await expect(field).toHaveAttribute("aria-expanded", "false");
    await field.press("ArrowDown");
    await expect(options.first()).toContainText(`@${username}`);
    await expect(field).toHaveAttribute("aria-expanded", "true");
    await expect(ada.page.getByRole("status").filter({ hasText: "found" })).toHaveCount(1);
    await field.press("ArrowDown");
    const first = await options.first().getAttribute("id");
    await expect(field).toHaveAttribute("aria-activedescendant", first ?? "");
    await expect(options.first()).toHaveAttribute("aria-selected", "true");
    await field.press("Enter");
    await expect(options).toHaveCount(0);
  }
  await expect(field).toHaveValue(`${bob.username} ${cid.username} `);
  await submit(ada.page);
  await expect(ada.page.getByRole("heading", { level: 1 })).toContainText(cid.name);
});
