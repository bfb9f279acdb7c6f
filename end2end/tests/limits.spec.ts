import { Person } from "../support/person.ts";
import { go } from "../support/page.ts";
import { OWNER, Server } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

test("what is written faster than the server takes it waits, and goes out by itself in its order", async ({ browser, problems }) => {
  const server = await Server.create("sends=3+1/s");
  const ada = await Person.arrive("Ada", browser, server, problems);
  await ada.register();
  const texts = Array.from({ length: 6 }, (_, index) => `line ${index + 1}`);
  await ada.room.sayAtOnce(texts);
  await expect(ada.room.pending.first()).toBeVisible();
  await ada.room.expectMessages(texts);
  await ada.room.open("lobby");
  await ada.room.expectMessages(texts);
  await ada.leave();
  await server.remove();
});

test("what an owner settles holds back who writes too much, and what they wrote goes out by itself", async ({ browser, problems }) => {
  const server = await Server.create();
  const owner = await Person.arrive("Hanna", browser, server, problems, OWNER);
  await owner.signIn();
  await go(owner.page, "/admin/settings");
  await owner.page.getByLabel("Messages a minute by one account").fill("20");
  await owner.page.getByRole("button", { name: "Save limits" }).click();
  await expect(owner.page.getByLabel("Messages a minute by one account")).toHaveValue("20");
  await owner.room.open("lobby");
  // Twenty pass at once; then there is one in three seconds.
  const texts = Array.from({ length: 22 }, (_, index) => `line ${index + 1}`);
  await owner.room.sayAtOnce(texts);
  await expect(owner.room.pending.first()).toBeVisible();
  await expect(owner.room.pending).toHaveCount(0, { timeout: 30_000 });
  await owner.room.expectMessages(texts);
  await owner.leave();
  await server.remove();
});

test("rooms are found by a part of their name", async ({ ada, bob, room }) => {
  await bob.page.goto("/");
  await bob.page.getByRole("searchbox", { name: "Find a room" }).fill(ada.username.toUpperCase());
  await bob.page.getByRole("button", { name: "Search" }).click();
  await bob.page.getByRole("link", { name: `Room of ${ada.username}` }).first().click();
  await expect(bob.page).toHaveURL(new RegExp(`/r/${room}$`));
});
