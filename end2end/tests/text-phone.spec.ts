import { expect, test } from "../support/test.ts";

test("by touch: what is hidden opens, things are ticked, names are completed", async ({ ada, room }) => {
  await ada.room.composer.fill("||hidden||\n\n- [ ] milk\n\n| a | b |\n|-|-|\n| wide | " + "wide ".repeat(30).trim().replaceAll(" ", "-") + " |");
  await ada.room.send.tap();
  await expect(ada.room.messages).toHaveCount(1);
  await ada.room.expectAllStored();
  await ada.room.bodies.last().locator(".spoiler").tap();
  await expect(ada.room.bodies.last().locator(".spoiler > span")).toHaveCSS("visibility", "visible");
  await ada.room.bodies.last().locator(".task input").tap();
  await expect(ada.room.bodies.last().locator(".task input")).toBeChecked();
  const over = await ada.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
  await ada.room.composer.pressSequentially(`#${room.slice(0, 4)}`);
  const option = ada.page.getByRole("option", { name: `#${room}` }).first();
  await expect(option).toBeInViewport({ ratio: 1 });
  await option.tap();
  await expect(ada.room.composer).toHaveValue(`#${room} `);
});
