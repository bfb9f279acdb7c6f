import { expect, test } from "../support/test.ts";

/** Ada types while the line is held; what she sends arrives after she has left the room in another browser. */
test.describe("a send that the server refuses", () => {
  let room: string;

  test.beforeEach(async ({ ada, bob, elsewhere }) => {
    // Not a room of her own: its last owner could not leave.
    room = await bob.createRoom("Shed", "", "Public");
    await ada.room.enter(room);
    const other = await elsewhere(ada);
    await other.room.open(room);
    ada.line.hold();
    await ada.room.say("too late");
    await expect(ada.room.pending).toHaveCount(1);
    await other.room.leave();
    await expect(other.room.join.first()).toBeVisible();
    ada.line.release();
    await expect(ada.room.failed).toHaveCount(1);
    await other.room.join.first().click();
    await expect(other.room.composer).toBeVisible();
  });

  test("says why, and can be tried again: one message comes of it", async ({ ada }) => {
    await expect(ada.room.failed.locator(".message-fault")).toContainText("Only members can do that");
    await ada.room.failed.getByRole("button", { name: "Retry" }).click();
    await ada.room.expectMessages(["too late"]);
    await ada.room.open(room);
    await ada.room.expectMessages(["too late"]);
  });

  test("can be discarded for good", async ({ ada }) => {
    await ada.room.failed.getByRole("button", { name: "Discard" }).click();
    await expect(ada.room.messages).toHaveCount(0);
    await ada.room.open(room);
    await expect(ada.room.messages).toHaveCount(0);
  });

  test("outlives a reload, and then goes through", async ({ ada }) => {
    await ada.room.open(room);
    await ada.room.expectMessages(["too late"]);
  });
});
