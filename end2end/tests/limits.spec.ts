import { Person } from "../support/person.ts";
import { Server } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

test("what is written faster than the server takes it waits, and goes out by itself in its order", async ({ browser, problems }) => {
  const server = await Server.create("sends=3+1/s");
  const ada = await Person.arrive("Ada", browser, server, problems);
  await ada.register();
  const texts = Array.from({ length: 6 }, (_, index) => `line ${index + 1}`);
  for (const text of texts) await ada.room.say(text);
  await expect(ada.room.pending.first()).toBeVisible();
  await ada.room.expectMessages(texts);
  await ada.room.open("lobby");
  await ada.room.expectMessages(texts);
  await ada.leave();
  await server.remove();
});

test("rooms are found by a part of their name", async ({ ada, bob, room }) => {
  await bob.page.goto("/");
  await bob.page.getByRole("searchbox", { name: "Find a room" }).fill(ada.username.toUpperCase());
  await bob.page.getByRole("button", { name: "Search" }).click();
  await bob.page.getByRole("link", { name: `Room of ${ada.username}` }).first().click();
  await expect(bob.page).toHaveURL(new RegExp(`/r/${room}$`));
});
