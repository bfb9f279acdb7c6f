import { go, hydrated } from "../support/page.ts";
import { Person } from "../support/person.ts";
import { Program, reachable } from "../support/program.ts";
import { OWNER, type Server } from "../support/server.ts";
import { expect, test as base } from "../support/test.ts";

interface Scene {
  /** The owner of the house, in a room with the commands `/water` and `/deploy`; all rooms have `/weather`. */
  hanna: Person;
  garden: string;
  program: Program;
}

const test = base.extend<Scene, { programs: Server }>({
  programs: [
    async ({}, use) => {
      const server = await reachable();
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],
  program: async ({}, use) => {
    const program = await Program.start();
    await use(program);
    program.stop();
  },
  hanna: async ({ browser, programs, problems }, use) => {
    const hanna = await Person.arrive("Hanna", browser, programs, problems, OWNER);
    await hanna.signIn();
    await use(hanna);
    await hanna.leave();
  },
  garden: async ({ hanna, program }, use) => {
    const garden = await hanna.createRoom("Garden", "", "Open");
    for (const word of ["water", "deploy"]) await program.command(hanna.page, `/r/${garden}/commands`, word, "Gnome");
    await hanna.room.open(garden);
    await use(garden);
  },
});

test("commands are completed at the start of a text, by keys and aloud", async ({ hanna, garden, program }) => {
  await program.command(hanna.page, "/admin/commands", "weather", "Frog");
  await hanna.room.open(garden);
  const { composer } = hanna.room;
  const options = hanna.page.getByRole("option");
  await composer.pressSequentially("/");
  await expect(options).toHaveText(["/deployGnome", "/waterGnome", "/weatherFrog"]);
  await expect(hanna.page.getByRole("status").filter({ hasText: "3 suggestions" })).toBeAttached();
  await composer.pressSequentially("w");
  await expect(options).toHaveText(["/waterGnome", "/weatherFrog"]);
  await composer.press("ArrowDown");
  await expect(composer).toHaveAttribute("aria-activedescendant", (await options.last().getAttribute("id")) ?? "none");
  await composer.press("Tab");
  await expect(composer).toHaveValue("/weather ");
  await expect(options).toHaveCount(0);

  // Elsewhere it is no command. What there is was asked for already, so a list would stand there at once.
  for (const text of ["/etc/h", "say /w"]) {
    await composer.fill("");
    await composer.pressSequentially(text);
    await expect(composer).toHaveValue(text);
    expect(await options.count()).toBe(0);
  }
});

test("a command that stands there whole goes out, and what it says stays until it is closed", async ({ hanna, garden: _, program }) => {
  const { room, page } = hanna;
  const note = page.locator(".room-notice");
  program.answer = { text: "The roses\nare wet." };
  await room.composer.pressSequentially("/water");
  await expect(page.getByRole("option")).toHaveCount(1);
  await room.composer.press("Enter");
  await expect(note).toContainText("Only you see this: The roses\nare wet.");
  await expect(room.composer).toHaveValue("");
  await expect(page.getByRole("option")).toHaveCount(0);
  await room.say("Thank you");
  await room.expectMessages(["Thank you"]);
  await expect(note).toContainText("are wet.");
  await note.getByRole("button", { name: "Close this note" }).click();
  await expect(note).toBeEmpty();
  await expect(room.composer).toBeFocused();

  await room.say("/water");
  await expect(note).toContainText("are wet.");
  await page.keyboard.press("Escape");
  await expect(note).toBeEmpty();

  await room.say("/water");
  await expect(note).toContainText("are wet.");
  await page.reload();
  await hydrated(page);
  await room.expectMessages(["Thank you"]);
  await expect(note).toBeEmpty();
});

test("from the inbox a command is asked as in the room", async ({ hanna, garden, program, browser, programs, problems }) => {
  problems.allow(/status of 4\d\d/);
  const bob = await Person.arrive("Bob", browser, programs, problems);
  await bob.register();
  await bob.room.enter(garden);
  await hydrated(bob.page);
  await bob.room.say(`The roses, @${OWNER}?`);
  await bob.room.expectAllStored();
  const { page } = hanna;
  await go(page, "/inbox");
  const call = page.locator(".alert").filter({ hasText: "The roses" }).first();
  const answer = async (text: string): Promise<void> => {
    if (!(await call.getByRole("textbox").isVisible())) await call.getByText("Answer", { exact: true }).click();
    await call.getByRole("textbox").fill(text);
    await call.getByRole("button", { name: "Send" }).click();
  };
  await answer("/wine");
  await expect(page.getByRole("alert")).toContainText("no command of this name");
  await expect(call.getByRole("textbox")).toHaveValue("/wine");
  program.answer = { text: "They are wet." };
  await answer("/water");
  await expect(page.getByRole("alert")).toHaveText("Only you see this: They are wet.");
  await answer("They are wet.");
  await expect(page.getByRole("status")).toHaveText("Sent.");
  await bob.room.expectMessages([`The roses, @${OWNER}?`, "They are wet."]);
  await bob.leave();
});
