import { expect, test } from "../support/test.ts";

test("at the end the view follows", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await bob.seed(room, 60);
  await expect(ada.room.message("line 60")).toBeInViewport();
  await expect(ada.room.pill).toBeHidden();
  await bob.room.say("and one\n\nwith\n\nmany\n\nlines");
  await expect(ada.room.bodies).toHaveCount(61);
  await expect(ada.room.bodies.last()).toBeInViewport();
  expect(await ada.room.distanceToEnd()).toBeLessThanOrEqual(1);
});

test("further up it stays, and a pill says how many are new", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await bob.seed(room, 60);
  await expect(ada.room.message("line 60")).toBeInViewport();
  await ada.room.message("line 20").evaluate((row) => row.scrollIntoView({ block: "center", behavior: "instant" }));

  await bob.room.say("new one");
  await expect(ada.room.pill).toContainText("1 new message");
  await bob.room.say("new two");
  await expect(ada.room.pill).toContainText("2 new messages");
  await expect(ada.room.message("line 20")).toBeInViewport();

  await ada.room.pill.click();
  await expect(ada.room.message("new two")).toBeInViewport();
  await expect(ada.room.pill).toBeHidden();
});

test("one's own message leads to the end", async ({ ada, room }) => {
  await ada.seed(room, 60);
  await expect(ada.room.message("line 60")).toBeInViewport();
  await ada.room.message("line 20").evaluate((row) => row.scrollIntoView({ block: "center", behavior: "instant" }));
  await ada.room.say("my own");
  await expect(ada.room.message("my own")).toBeInViewport();
});
