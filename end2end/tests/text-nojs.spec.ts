import { submit } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

test("without a script tables and boxes are there, and what is hidden can be opened", async ({ page }) => {
  await page.goto("/register");
  await page.getByLabel("User name").fill("plaintext");
  await page.getByLabel("Display name").fill("Plain Text");
  await page.getByLabel("Password", { exact: true }).fill("four words make sense");
  await submit(page);
  await expect(page).toHaveURL(/\/r\/lobby/);
  await page.locator(".composer textarea").fill("||hidden||\n\n- [x] done\n\n| a |\n|-|\n| b |");
  await page.locator(".composer-send").click();
  const body = page.locator(".message-body").last();
  await expect(body.getByRole("columnheader")).toHaveText("a");
  await expect(body.locator(".task input")).toBeDisabled();
  await body.locator(".spoiler").click();
  await expect(body.locator(".spoiler > span")).toHaveCSS("visibility", "visible");
});
