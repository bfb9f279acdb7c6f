import { expect, test } from "../support/test.ts";

test("the API is shown on a page, from this origin alone, and can be tried out there", async ({ ada }) => {
  const { page } = ada;
  const foreign: string[] = [];
  const faults: string[] = [];
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== new URL(page.url()).origin) foreign.push(request.url());
  });
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto("/api");
  await expect(page.getByRole("heading", { level: 1, name: "API" })).toBeVisible();
  const rooms = page.locator(".opblock").filter({ has: page.locator('[data-path="/api/v1/rooms"]') }).first();
  // Only what is in sight is there.
  await page.getByRole("heading", { level: 1, name: "API" }).hover();
  await expect(async () => {
    await page.mouse.wheel(0, 600);
    await expect(rooms).toBeVisible({ timeout: 300 });
  }).toPass();
  await rooms.locator(".opblock-summary").click();
  await rooms.getByRole("button", { name: "Try it out" }).click();
  await rooms.getByRole("button", { name: "Execute" }).click();
  await expect(rooms.locator(".live-responses-table td.response-col_status").last()).toContainText("200");
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(foreign).toEqual([]);
  expect(faults).toEqual([]);
});
