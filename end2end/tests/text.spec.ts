import type { Locator } from "@playwright/test";
import { expectAccessible } from "../support/axe.ts";
import { BACK } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

const CODE = "```rust\nfn main() { println!(\"<b>\"); }\n```";

async function expectHidden(text: Locator, hidden: boolean): Promise<void> {
  await expect(text).toHaveCSS("visibility", hidden ? "hidden" : "visible");
}

test("a table, a list with its numbers and a link to a room look the same to all", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.room.say(`| a | b |\n|:-|--:|\n| 1 | **2** |\n\n7. seven\n9. nine\n\nSee #${room}, not #12.`);
  await ada.room.expectAllStored();
  for (const { page } of [ada, bob]) {
    const body = page.locator(".message-body").last();
    await expect(body.getByRole("columnheader")).toHaveText(["a", "b"]);
    await expect(body.getByRole("cell").last()).toHaveCSS("text-align", "right");
    await expect(body.locator("ol")).toHaveAttribute("start", "7");
    await expect(body.locator("li").last()).toHaveAttribute("value", "9");
    await expect(body.getByRole("link")).toHaveText([`#${room}`]);
  }
  await bob.page.locator(`.message-body a[href="/r/${room}"]`).click();
  await expect(bob.page).toHaveURL(new RegExp(`/r/${room}$`));
});

test("what is hidden is shown by a press and by keys, and hidden again", async ({ ada, room }) => {
  await ada.room.say("The end: ||nobody *dies*||.");
  await ada.room.expectAllStored();
  const text = ada.room.bodies.last().locator(".spoiler > span");
  await expectHidden(text, true);
  await ada.room.bodies.last().locator(".spoiler").click();
  await expectHidden(text, false);
  await ada.page.reload();
  await expectHidden(text, true);
  await ada.room.bodies.last().getByRole("checkbox", { name: "Spoiler" }).focus();
  await ada.page.keyboard.press("Space");
  await expectHidden(text, false);
  expect(room).not.toBe("");
});

test("who wrote a list of things to do ticks it in place, others see it", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.room.say("- [ ] milk\n- [x] bread");
  await ada.room.expectAllStored();
  const [hers, his] = [ada.room.bodies.last().getByRole("checkbox"), bob.room.bodies.last().getByRole("checkbox")];
  await expect(his).toHaveCount(2);
  await expect(his.first()).toBeDisabled();
  await hers.first().click();
  await expect(his.first()).toBeChecked();
  await expect(hers.first()).toBeChecked();
  await expect(hers.first()).toBeFocused();
  await ada.page.keyboard.press("Space");
  await expect(his.first()).not.toBeChecked();
  await expect(his.last()).toBeChecked();
  await expect(ada.room.bodies).toHaveCount(1);
  // Also the texts that came with the page.
  await ada.page.reload();
  await hers.last().click();
  await expect(his.last()).not.toBeChecked();
});

test("a thing that was ticked without a connection is ticked when there is one", async ({ ada, bob, room, problems }) => {
  problems.allowOutage();
  await bob.room.enter(room);
  await ada.room.say("- [ ] milk");
  await ada.room.expectAllStored();
  ada.line.cut();
  await ada.room.bodies.last().getByRole("checkbox").click();
  await expect(ada.room.bodies.last().getByRole("checkbox")).toBeChecked();
  ada.line.mend();
  await expect(bob.room.bodies.last().getByRole("checkbox")).toBeChecked(BACK);
});

test("code has colours that come late, again after an edit, and the text stays what it was", async ({ ada, room }) => {
  const asked: string[] = [];
  ada.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await ada.room.open(room);
  await ada.room.say("no code");
  await ada.room.expectAllStored();
  expect(asked.filter((path) => /highlight|code/.test(path))).toEqual([]);
  await ada.room.say("```\nplain\n```");
  await expect(ada.room.bodies.last().getByRole("button", { name: "Copy" })).toBeAttached();
  expect(asked.filter((path) => path.includes("highlight"))).toEqual([]);
  await ada.room.say(CODE);
  const code = ada.room.bodies.last().locator("code");
  await expect(code.locator(".hljs-keyword").first()).toHaveText("fn");
  await expect(code).toHaveText('fn main() { println!("<b>"); }');
  await ada.room.expectAllStored();
  await ada.room.composer.press("ArrowUp");
  await ada.room.composer.fill(CODE.replace("main", "other"));
  await ada.room.composer.press("Enter");
  await expect(code).toContainText("other");
  await expect(code.locator(".hljs-keyword").first()).toHaveText("fn");
  await expect(ada.room.bodies.last().getByRole("button", { name: "Copy" })).toHaveCount(1);
});

test("code is copied as it was written", async ({ ada, room: _ }) => {
  await ada.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ada.room.say(CODE);
  await ada.room.expectAllStored();
  await ada.room.bodies.last().hover();
  await ada.room.bodies.last().getByRole("button", { name: "Copy" }).click();
  await expect(ada.room.bodies.last().getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await ada.page.evaluate(() => navigator.clipboard.readText())).toBe('fn main() { println!("<b>"); }');
});

test("a name is completed by keys: people of the room first, then others", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  const list = ada.page.getByRole("listbox", { name: "Suggestions" });
  await ada.room.composer.pressSequentially(`Hi @${bob.username.slice(0, 3)}`);
  await expect(list.getByRole("option").first()).toContainText(bob.username);
  await expect(ada.room.composer).toHaveAttribute("aria-activedescendant", "completion-0");
  await expectAccessible(ada.page, "a name that is completed");
  await ada.page.keyboard.press("Enter");
  await expect(ada.room.composer).toHaveValue(`Hi @${bob.username} `);
  await expect(list).toBeHidden();
  await expect(ada.room.messages).toHaveCount(0);
  await ada.page.keyboard.press("Enter");
  await ada.room.expectMessages([`Hi @${bob.username}`]);
});

test("a completion is left by Escape, and does not stand in the way of an input method", async ({ ada, room: _ }) => {
  const list = ada.page.getByRole("listbox", { name: "Suggestions" });
  await ada.room.composer.pressSequentially("@a");
  await expect(list).toBeVisible();
  await ada.room.composer.evaluate((composer) =>
    composer.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })),
  );
  await expect(ada.room.composer).toHaveValue("@a");
  await ada.page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await ada.room.composer.pressSequentially("b");
  await expect(list).toBeHidden();
  await ada.page.keyboard.press("Enter");
  await ada.room.expectMessages(["@ab"]);
});

test("emoji are completed, and turned when a name is typed to its end; smileys and times stay", async ({ ada, room: _ }) => {
  const list = ada.page.getByRole("listbox", { name: "Suggestions" });
  await ada.room.composer.pressSequentially("10:30 :) :tad");
  await expect(list.getByRole("option").first()).toContainText(":tada:");
  await ada.page.keyboard.press("Tab");
  await expect(ada.room.composer).toHaveValue("10:30 :) 🎉 ");
  await ada.room.composer.pressSequentially(":heart:");
  await expect(ada.room.composer).toHaveValue(/❤️?$/u);
});

test("a room is completed from the list beside the page", async ({ ada, room }) => {
  const list = ada.page.getByRole("listbox", { name: "Suggestions" });
  await ada.room.composer.pressSequentially(`#${room.slice(0, 4)}`);
  const option = list.getByRole("option", { name: `#${room}` }).first();
  await option.click();
  await expect(ada.room.composer).toHaveValue(`#${room} `);
  await expect(ada.room.composer).toBeFocused();
});

test("texts of all kinds are in reach of everybody", async ({ ada, room: _ }) => {
  await ada.room.say("| a | b |\n|-|-|\n| 1 | 2 |\n\n- [ ] milk\n- [x] bread\n\n||hidden||");
  await ada.room.say('```js\n// why\nconst a = "x", b = /y/, c = 12, d = new Date(null);\nfunction f() { return true; }\n```');
  await ada.room.expectAllStored();
  await expect(ada.room.bodies.last().locator(".hljs-keyword").first()).toBeVisible();
  await expectAccessible(ada.page, "texts of all kinds");
});
