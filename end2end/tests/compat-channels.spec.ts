import { expect, type Page, test as base } from "@playwright/test";
import { PASSWORD } from "../support/password.ts";
import { OWNER, Server } from "../support/server.ts";
import { Tutorials } from "../support/tutorials.ts";

/** The tutorials' pages beside a Snug that understands them. */
const test = base.extend<object, { server: Server; tutorials: Tutorials }>({
  server: [
    async ({}, use) => {
      const server = await Server.create(undefined, { SNUG_COMPAT: "channels" });
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],
  tutorials: [
    async ({ server }, use) => {
      const tutorials = await Tutorials.for(server.url);
      await use(tutorials);
      tutorials.close();
    },
    { scope: "worker" },
  ],
});

async function post(url: string, body: object, token?: string): Promise<Record<string, string>> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, string>;
}

/** Opens the page of the public chat. It says nothing before its socket is open. */
async function enter(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/public`);
  await page.waitForFunction("auth.readyState === WebSocket.OPEN");
}

test("the public chat: people register, sign in and hear each other", async ({ tutorials, context }) => {
  const ada = await context.newPage();
  await enter(ada, tutorials.url);
  await ada.getByPlaceholder("name", { exact: true }).fill("Pia P");
  await ada.getByPlaceholder("user name").fill("pia");
  await ada.getByPlaceholder("password").fill("wrong");
  await ada.getByRole("button", { name: "Log in" }).click();
  await expect(ada.locator("#status")).toContainText("error: User name or password is wrong");
  await ada.getByPlaceholder("password").fill(PASSWORD);
  await ada.getByRole("button", { name: "Register" }).click();
  await expect(ada.locator("#status")).toHaveText("connected");

  const bob = await context.newPage();
  await enter(bob, tutorials.url);
  await bob.getByPlaceholder("user name").fill(OWNER);
  await bob.getByPlaceholder("password").fill(PASSWORD);
  await bob.getByRole("button", { name: "Log in" }).click();
  await expect(bob.locator("#status")).toHaveText("connected");
  await bob.getByPlaceholder("message").fill("hello, all");
  await bob.getByRole("button", { name: "Send" }).click();
  for (const page of [ada, bob]) await expect(page.locator("#messages")).toHaveText(`${OWNER} (${OWNER}): hello, all`);

  const stranger = await context.newPage();
  await stranger.goto(`${tutorials.url}/public?wrong`);
  await expect(stranger.locator("#status")).toContainText("Not Authenticated.. | sign in again");
});

test("token authentication: the form gives a token and the greeting comes back", async ({ tutorials, page }) => {
  await page.goto(`${tutorials.url}/token`);
  await page.getByPlaceholder("user name").fill(OWNER);
  await page.getByPlaceholder("password").fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.locator("#status")).toHaveText("nobody: 200");
  await page.getByPlaceholder("password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.locator("#status")).toHaveText("hello / from the page");
});

test("history and REST: what is written is kept and heard", async ({ tutorials, page }) => {
  await page.goto(`${tutorials.url}/history`);
  await page.getByPlaceholder("e-mail").fill(OWNER);
  await page.getByPlaceholder("password").fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.locator("#status")).toHaveText("No active account found with the given credentials");
  await page.getByPlaceholder("password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.locator("#status")).toHaveText(OWNER);
  await expect(page.locator("#old li")).toHaveText(["written by REST"]);
  await expect(page.locator("#new li")).toHaveText(["said on the socket"]);
});

test("rooms: who has joined talks, who has not is closed out", async ({ server, tutorials, context }) => {
  const owner = await post(`${server.url}/auth/jwt/create/`, { username: OWNER, password: PASSWORD });
  const room = await post(`${server.url}/chat/api/chats/`, { name: "numbered", visibility: "open" }, owner.access);
  await post(`${server.url}/auth/users/`, { username: "nobodys-friend", password: PASSWORD });
  const other = await post(`${server.url}/auth/jwt/create/`, { username: "nobodys-friend", password: PASSWORD });

  const member = await context.newPage();
  await member.goto(`${tutorials.url}/rooms?${room.id}&${owner.access}`);
  await expect(member.locator("#chat")).toHaveAttribute("data-state", "open");
  await member.getByPlaceholder("message").fill("we are in");
  await member.getByRole("button", { name: "Send" }).click();
  await expect(member.locator("#chat p")).toHaveText(`${OWNER} in ${room.id}: we are in`);

  const stranger = await context.newPage();
  await stranger.goto(`${tutorials.url}/rooms?${room.id}&${other.access}`);
  await expect(stranger.locator("#chat")).toHaveAttribute("data-state", "closed");
});
