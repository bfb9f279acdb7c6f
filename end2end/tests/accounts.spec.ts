import { go, hydrated, submit } from "../support/page.ts";
import { AuthPage } from "../support/auth-page.ts";
import { PASSWORD } from "../support/person.ts";
import { RoomPage } from "../support/room-page.ts";
import { expect, test } from "../support/test.ts";

test("a new person lands in the lobby and can talk", async ({ ada }) => {
  await expect(ada.page).toHaveURL(/\/r\/lobby$/);
  await ada.room.say(`I am ${ada.username}`);
  await expect(ada.room.message(`I am ${ada.username}`)).not.toHaveClass(/pending/);
});

test("what is wrong stands beside its field, and what was typed stays", async ({ page, ada, problems }) => {
  problems.allow(/status of 4\d\d/);
  const auth = new AuthPage(page);
  await go(page, "/register");
  await auth.fill("a b", "some words of mine", "Somebody");
  await expect(page.getByText("Use only letters a to z, digits")).toBeVisible();
  await expect(auth.username).toHaveAttribute("aria-invalid", "true");
  await expect(auth.username).toHaveAccessibleDescription(/Use only letters/);
  await expect(auth.username).toHaveValue("a b");
  await expect(auth.displayName).toHaveValue("Somebody");

  await auth.fill(ada.username.toUpperCase(), "some words of mine");
  await expect(page.getByText("This one is taken")).toBeVisible();
  await auth.fill("newperson", "password1");
  await expect(page.getByText("one of the first that others would guess")).toBeVisible();
  await auth.fill("newperson", "short");
  await expect(auth.password).toHaveAccessibleDescription(/at least 8 characters/);
});

test("a wrong password is said, without a word about which was wrong", async ({ page, ada, problems }) => {
  problems.allow(/status of 4\d\d/);
  const auth = new AuthPage(page);
  await go(page, "/login");
  await auth.fill(ada.username, "not the password");
  const message = page.getByText("User name or password is wrong");
  await expect(message).toBeVisible();
  await expect(auth.username).toHaveValue(ada.username);
  await go(page, "/login");
  await auth.fill("nobody-at-all", "not the password");
  await expect(message).toBeVisible();
});

test("signing in leads back to where one came from", async ({ page, ada, room }) => {
  await go(page, `/login?next=/r/${room}`);
  await new AuthPage(page).fill(ada.username, PASSWORD);
  await expect(page).toHaveURL(new RegExp(`/r/${room}$`));
  await hydrated(page);
  await expect(new RoomPage(page).composer).toBeVisible();
});

test("signing in never leads to another site", async ({ page, ada }) => {
  await go(page, "/login?next=//example.org/r/lobby");
  await new AuthPage(page).fill(ada.username, PASSWORD);
  await expect(page).not.toHaveURL(/login/);
  expect(new URL(page.url()).hostname).toBe("127.0.0.1");
});

test("signing out ends the session in every tab", async ({ ada, room, problems }) => {
  problems.allow(/status of 40\d/);
  const second = await ada.tab();
  await second.open(room);
  await ada.auth.signOut.click();
  await expect(ada.page).toHaveURL(/\/$/);
  // The other tab's socket was cut, and it asks to sign in, and to come back.
  await expect(second.page).toHaveURL(new RegExp(`/login\\?next=/r/${room}`));
  await expect(second.page.getByText("Your session has ended")).toBeVisible();
  await hydrated(second.page);
  await new AuthPage(second.page).fill(ada.username, PASSWORD);
  await expect(second.page).toHaveURL(new RegExp(`/r/${room}$`));
  await hydrated(second.page);
});

test("a renewal whose answer is lost signs nobody out", async ({ ada, server, room }) => {
  const cookie = async () => (await ada.context.cookies()).find(({ name }) => name === "snug_session")?.value;
  const before = await cookie();
  // The server has exchanged the token, and the browser has not heard of it.
  const body = JSON.stringify({ refresh_token: before });
  const lost = await fetch(`${server.url}/api/v1/auth/refresh`, { method: "POST", body, headers: { "content-type": "application/json" } });
  expect(lost.status).toBe(200);
  await ada.page.evaluate(() => localStorage.removeItem("snug.token"));
  await ada.room.open(room);
  await ada.room.say("still here");
  await ada.room.expectMessages(["still here"]);
  expect(await cookie()).not.toBe(before);
});

test("tabs that come alive at the same time all go on, and so does the next page", async ({ ada, room }) => {
  const tabs = [ada.room, ...(await Promise.all(Array.from({ length: 4 }, () => ada.tab())))];
  for (let round = 1; round <= 2; round += 1) {
    await ada.page.evaluate(() => localStorage.removeItem("snug.token"));
    await Promise.all(tabs.map((tab) => tab.open(room)));
    await Promise.all(tabs.map((tab, index) => tab.say(`round ${round}, tab ${index}`)));
    for (const tab of tabs) {
      await expect(tab.messages).toHaveCount(tabs.length * round);
      await tab.expectAllStored();
    }
  }
});

test("a room needs a name", async ({ ada, problems }) => {
  problems.allow(/status of 4\d\d/);
  await go(ada.page, "/rooms/new");
  const name = ada.page.getByLabel("Name");
  await name.evaluate((input) => input.removeAttribute("required"));
  await submit(ada.page);
  await expect(name).toHaveAccessibleDescription(/is missing/);
});
