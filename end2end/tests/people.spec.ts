import type { Page } from "@playwright/test";
import { PASSWORD } from "../support/person.ts";
import { go, hydrated } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

const NEW_PASSWORD = "another four words here";

/** A PNG of one colour, drawn by the page itself. */
async function drawn(page: Page): Promise<Buffer> {
  const url = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [120, 60];
    const brush = canvas.getContext("2d");
    brush?.fillRect(0, 0, 120, 60);
    return canvas.toDataURL("image/png");
  });
  return Buffer.from(url.split(",")[1] ?? "", "base64");
}

async function changePassword(page: Page, current: string, next: string): Promise<void> {
  await page.getByLabel("Current password").first().fill(current);
  await page.getByLabel("New password").fill(next);
  await page.getByRole("button", { name: "Change password" }).click();
}

test("a profile that is changed is seen by others when they load a page, on the card too", async ({ ada, bob, room }) => {
  await ada.room.say("Who am I?");
  await ada.room.expectAllStored();
  await bob.room.enter(room);

  await ada.page.getByTitle("Settings").click();
  await expect(ada.page).toHaveURL(/\/settings\/profile$/);
  await ada.page.getByLabel("Display name").fill(`Countess ${ada.username}`);
  await ada.page.getByLabel("Pronouns").fill("she/her");
  await ada.page.getByLabel("About you").fill("Counts on engines.");
  await ada.page.getByLabel("Time zone").selectOption("Europe/London");
  await ada.page.getByRole("button", { name: "Save" }).click();
  await expect(ada.page.getByRole("status")).toContainText("Saved.");

  await bob.page.reload();
  await hydrated(bob.page);
  const author = bob.room.message("Who am I?").locator(".message-author");
  await expect(author).toHaveText(`Countess ${ada.username}`);
  await author.click();
  await expect(bob.page).toHaveURL(new RegExp(`/u/${ada.username}$`));
  for (const text of [`@${ada.username}`, "she/her", "Counts on engines."]) await expect(bob.page.getByText(text)).toBeVisible();
  await expect(bob.page.locator(".person-time")).toContainText("(Europe/London)");
  await expect(bob.page.locator("main").getByRole("link", { name: `Room of ${ada.username}` })).toBeVisible();
});

test("a picture is shown wherever its person is, and is gone when it is removed", async ({ ada, bob, room }) => {
  await ada.room.say("Look at me");
  await ada.room.expectAllStored();
  await bob.room.enter(room);
  await go(ada.page, "/settings/profile");
  const buffer = await drawn(ada.page);
  await ada.page.getByLabel("Choose a picture").setInputFiles({ name: "me.png", mimeType: "image/png", buffer });
  await ada.page.getByRole("button", { name: "Upload picture" }).click();
  await expect(ada.page.getByRole("status")).toContainText("Your picture is changed.");

  await bob.page.reload();
  await hydrated(bob.page);
  const picture = bob.room.message("Look at me").locator("img.message-avatar");
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(256);

  await ada.page.getByRole("button", { name: "Remove picture" }).click();
  await expect(ada.page.locator("main img")).toHaveCount(0);
  await bob.page.reload();
  await expect(bob.room.message("Look at me").locator("span.message-avatar")).toBeVisible();
});

test("what is no picture is refused, and says why", async ({ ada }) => {
  await go(ada.page, "/settings/profile");
  const file = { name: "me.png", mimeType: "image/png", buffer: Buffer.from("not a picture") };
  await ada.page.getByLabel("Choose a picture").setInputFiles(file);
  await ada.page.getByRole("button", { name: "Upload picture" }).click();
  await expect(ada.page.getByLabel("Choose a picture")).toHaveAccessibleDescription(/This cannot be used/);
});

test("a session that is ended from another device is over there at once", async ({ ada, elsewhere, problems }) => {
  problems.allow(/status of 401/);
  const phone = await elsewhere(ada);
  await go(ada.page, "/settings/security");
  await expect(ada.page.locator(".sessions > li")).toHaveCount(2);
  await expect(ada.page.locator(".sessions > li").first()).toContainText("This one");
  await ada.page.getByRole("button", { name: /^End the session/ }).click();
  await expect(ada.page.getByRole("status")).toContainText("That session has ended.");
  await expect(ada.page.locator(".sessions > li")).toHaveCount(1);
  await expect(phone.page).toHaveURL(/\/login\?next=\/r\/lobby&ended$/);
});

test("a changed password signs the other browser out, and this one stays", async ({ ada, elsewhere, problems }) => {
  problems.allow(/status of 401/);
  const phone = await elsewhere(ada);
  await go(ada.page, "/settings/security");
  await changePassword(ada.page, "not the password", NEW_PASSWORD);
  await expect(ada.page.getByLabel("Current password").first()).toHaveAccessibleDescription(/This is not your password/);
  await changePassword(ada.page, PASSWORD, NEW_PASSWORD);
  await expect(ada.page.getByRole("status")).toContainText("Your password is changed.");
  await expect(phone.page).toHaveURL(/\/login\?/);
  await phone.auth.fill(ada.username, NEW_PASSWORD);
  await expect(phone.page).toHaveURL(/\/r\/lobby/);
});

test("an account that is deleted leaves what it wrote, and nothing else", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await bob.room.say("I was here");
  await bob.room.expectAllStored();
  await go(bob.page, "/settings/security");
  await bob.page.getByLabel("Current password").last().fill(PASSWORD);
  await bob.page.getByRole("button", { name: "Delete my account" }).click();
  await expect(bob.page.getByRole("link", { name: "Sign in" }).first()).toBeVisible();
  await ada.room.open(room);
  await expect(ada.room.message("I was here").locator(".message-author")).toHaveText("Former member");
});

test("the bell leads to the alerts", async ({ ada }) => {
  await ada.page.getByRole("link", { name: "Alerts" }).click();
  await expect(ada.page).toHaveURL(/\/alerts$/);
  await expect(ada.page.getByRole("heading", { level: 1 })).toHaveText("Alerts");
  await expect(ada.page.getByText("Nothing to tell.")).toBeVisible();
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("all forms work", async ({ page }, info) => {
    const username = `quiet-${info.project.name.replaceAll(/[^a-z]/g, "")}-${info.repeatEachIndex}${info.retry}`;
    await page.goto("/register");
    await page.getByLabel("User name").fill(username);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(/\/r\/lobby/);

    await page.goto("/settings/profile");
    await page.getByLabel("Pronouns").fill("x".repeat(41));
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByLabel("Pronouns")).toHaveAccessibleDescription(/at most 40 characters/);
    await page.getByLabel("Pronouns").fill("they/them");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("status")).toContainText("Saved.");
    await expect(page.getByLabel("Pronouns")).toHaveValue("they/them");

    await page.goto("/settings/security");
    await changePassword(page, PASSWORD, NEW_PASSWORD);
    await expect(page.getByRole("status")).toContainText("Your password is changed.");
    await page.getByLabel("User name").fill(`${username}x`);
    await page.getByRole("button", { name: "Change user name" }).click();
    await expect(page.getByRole("status")).toContainText("Your user name is changed.");
    await page.goto("/alerts");
    await expect(page.getByText("Nothing to tell.")).toBeVisible();
    await page.goto(`/u/${username}x`);
    await expect(page.getByText("they/them")).toBeVisible();
  });
});
