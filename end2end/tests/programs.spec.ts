import { expect, test } from "../support/test.ts";

test("a token is shown once, and a program speaks by it until it is ended", async ({ ada, room, request }) => {
  const { page } = ada;
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("backups");
  await page.getByLabel("Only in these rooms").fill(room);
  await page.getByRole("button", { name: "Make the token" }).click();
  const token = (await page.locator(".made-link").textContent())?.trim() ?? "";
  expect(token).toMatch(/^snug_pat_/);
  const say = async (body: string): Promise<number> => {
    const answer = await request.post(`/api/v1/rooms/${room}/messages`, {
      headers: { Authorization: `Bearer ${token}` },
      data: { client_id: crypto.randomUUID(), body },
    });
    return answer.status();
  };
  expect(await say("The backup is done.")).toBe(201);

  await page.goto("/settings/tokens");
  await expect(page.getByText(token)).toHaveCount(0);
  await page.getByRole("button", { name: "End the token backups" }).click();
  await expect(page.getByRole("status")).toContainText("That token has ended.");
  expect(await say("Once more.")).toBe(401);
});

test("where something is wrong with a token, the form says so and keeps what was typed", async ({ ada }) => {
  const { page } = ada;
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("backups");
  await page.getByLabel("Only in these rooms").fill("nowhere");
  await page.getByRole("button", { name: "Make the token" }).click();
  await expect(page.getByLabel("Only in these rooms")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Name")).toHaveValue("backups");
});
