import { go, hydrated, submit } from "../support/page.ts";
import { address, PASSWORD, Person } from "../support/person.ts";
import { OWNER, Server } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

const SIZES = [
  ["a desktop", { width: 1280, height: 800 }],
  ["a phone", { width: 390, height: 844 }],
] as const;

for (const [size, viewport] of SIZES) {
  test(`three people write to each other, on ${size}`, async ({ ada, bob, newcomer }) => {
    const eve = await newcomer("Eve");
    for (const { page } of [ada, bob, eve]) await page.setViewportSize(viewport);
    await go(ada.page, "/messages/new");
    await ada.page.getByLabel("To").fill(`${bob.username}, ${eve.username}`);
    await submit(ada.page);
    const title = (person: Person) => person.page.getByRole("heading", { level: 1 });
    await expect(title(ada)).toContainText(bob.name);
    await expect(title(ada)).toContainText(eve.name);
    await hydrated(ada.page);
    await ada.room.say("Just us three");
    await ada.room.expectAllStored();
    const slug = new URL(ada.page.url()).pathname.slice("/r/".length);
    for (const person of [bob, eve]) {
      await person.room.open(slug);
      await expect(title(person)).toContainText(ada.name);
      await expect(title(person)).not.toContainText(person.name);
      await person.room.say(`Hello from ${person.name}`);
    }
    await ada.room.expectMessages(["Just us three", `Hello from ${bob.name}`, `Hello from ${eve.name}`]);
    // Begun again by another of them, with the names in another order, it is the same.
    await go(eve.page, "/messages/new");
    await eve.page.getByLabel("To").fill(`@${ada.username} @${bob.username}`);
    await submit(eve.page);
    await expect(eve.page).toHaveURL(new RegExp(`/r/${slug}$`));
  });

  test(`an admin suspends somebody who is typing, on ${size}`, async ({ arrive, bob, problems }) => {
    problems.allow(/status of 40[13]/);
    const owner = await arrive("Hanna", OWNER);
    for (const { page } of [owner, bob]) await page.setViewportSize(viewport);
    await owner.signIn();
    await bob.room.open("lobby");
    for (const { room } of [owner, bob]) await room.listens();
    await bob.room.composer.pressSequentially("What I wanted to sa");
    await expect(owner.room.typing).toContainText("is typing");
    await go(owner.page, `/admin/people/${bob.username}`);
    await owner.page.getByLabel(/^Why/).fill("Shouting at breakfast");
    await owner.page.getByRole("button", { name: "Suspend", exact: true }).click();
    await expect(owner.page.getByText(/^Suspended for ever/)).toContainText("Shouting at breakfast");
    // He touches nothing, and is led to the sign-in page, which says why.
    await expect(bob.page).toHaveURL(/\/login\?/);
    await bob.auth.fill(bob.username, PASSWORD);
    await expect(bob.page.getByText("The reason: Shouting at breakfast")).toBeVisible();
    await owner.page.getByRole("button", { name: "Lift the suspension" }).click();
    await expect(owner.page.getByRole("button", { name: "Suspend", exact: true })).toBeVisible();
    await go(bob.page, "/login");
    await bob.auth.fill(bob.username, PASSWORD);
    await expect(bob.page).toHaveURL(/\/r\/lobby/);
    await expect(bob.room.composer).toBeVisible();
  });

  test(`a session is ended from another device, on ${size}`, async ({ ada, elsewhere, problems }) => {
    problems.allow(/status of 401/);
    const other = await elsewhere(ada);
    for (const { page } of [ada, other]) await page.setViewportSize(viewport);
    await other.room.composer.fill("Half a thought");
    await go(ada.page, "/settings/security");
    await ada.page.getByRole("button", { name: "End all others" }).click();
    await expect(ada.page.locator(".sessions > li")).toHaveCount(1);
    await expect(other.page).toHaveURL(/\/login\?next=\/r\/lobby&ended$/);
    await ada.room.open("lobby");
    await expect(ada.room.composer).toBeVisible();
  });

  test(`people come in by a link where registration is closed, on ${size}`, async ({ browser, problems }) => {
    problems.allow(/status of 40[34]/);
    const server = await Server.create();
    const people: Person[] = [];
    const arrive = async (name: string, username?: string) => {
      const person = await Person.arrive(name, browser, server, problems, username);
      await person.page.setViewportSize(viewport);
      people.push(person);
      return person;
    };
    const owner = await arrive("Hanna", OWNER);
    await owner.signIn();
    const bob = await arrive("Bob");
    await bob.register();
    const slug = await owner.createRoom("Cellar", "What is down there", "Private");
    const settle = async (choice: RegExp) => {
      await go(owner.page, "/admin/settings");
      await owner.page.getByLabel(choice).check();
      await owner.page.getByRole("button", { name: "Save", exact: true }).click();
      await expect(owner.page).toHaveURL(/done/);
    };
    await settle(/^By invite/);
    await go(owner.page, `/r/${slug}/invites`);
    await owner.page.getByRole("button", { name: "Make an invite" }).click();
    await expect(owner.page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
    const link = new URL(await owner.page.locator(".made-link a").innerText()).pathname;

    // Somebody new: no account without the link; with it the name of the room, an account, and the room.
    const eve = await arrive("Eve");
    await go(eve.page, "/register");
    await expect(eve.page.getByText("Registration is by invite")).toBeVisible();
    await go(eve.page, link);
    await expect(eve.page.getByText("Cellar").first()).toBeVisible();
    await expect(eve.page.getByText("What is down there")).toHaveCount(0);
    await eve.page.locator("main").getByRole("link", { name: "Create an account" }).click();
    await eve.auth.fill(eve.username, PASSWORD, eve.name);
    // The link leads on into the room; where it asks, one says yes.
    const join = eve.page.locator("main").getByRole("button", { name: /^Join/ });
    await expect(join.or(eve.room.composer).first()).toBeVisible();
    if (await join.isVisible()) await join.click();
    await expect(eve.page).toHaveURL(new RegExp(`/r/${slug}$`));
    await expect(eve.room.composer).toBeVisible();

    // Nobody makes an account at all: the link still lets in who has one, and says so to who has none.
    await settle(/^Nobody/);
    const stranger = await arrive("Stranger");
    await go(stranger.page, "/register");
    await expect(stranger.page.getByText("takes no new accounts")).toBeVisible();
    await go(stranger.page, link);
    await expect(stranger.page.locator("main").getByRole("link", { name: "Create an account" })).toHaveCount(0);
    await go(bob.page, link);
    await bob.page.locator("main").getByRole("button", { name: /^Join/ }).click();
    await expect(bob.page).toHaveURL(new RegExp(`/r/${slug}$`));
    await hydrated(bob.page);
    await bob.room.say("So this is it");
    await bob.room.expectAllStored();
    for (const person of people) await person.leave();
    await server.remove();
  });
}

test("every form of the house works without a script", async ({ browser, problems }) => {
  problems.allow(/status of 40[134]/);
  const server = await Server.create();
  const bob = await Person.arrive("Bob", browser, server, problems);
  await bob.register();
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false, extraHTTPHeaders: { "x-forwarded-for": address() } });
  problems.watch(context);
  const page = await context.newPage();
  const press = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" }).click();
  await page.goto("/login");
  await page.getByLabel("User name", { exact: true }).fill(OWNER);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await submit(page);
  await expect(page).toHaveURL(/\/r\/lobby/);

  // The three steps.
  await page.goto("/welcome");
  await page.getByLabel("Name").fill("The Mill");
  await press("Next");
  await expect(page).toHaveURL(/step=2/);
  await press("Next");
  await page.getByLabel("A room beside the lobby").fill("Garden");
  await press("Make them");
  await page.goto("/r/garden");
  await expect(page.locator(".room-name")).toHaveText("Garden");

  await page.goto("/admin/announce");
  await page.getByLabel(/^Message/).fill("Tea is ready");
  await page.locator("main form").last().getByRole("button").click();
  await expect(page.getByText("People told: 2")).toBeVisible();
  await page.goto("/alerts");
  await expect(page.getByText("Tea is ready")).toBeVisible();
  await press("Mark all as read");
  await press(/^Dismiss all/);
  await expect(page.getByText("Nothing to tell.")).toBeVisible();

  await page.goto("/admin/invites");
  await press("Make an invite");
  await expect(page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
  await press(/^Take back|^Revoke/);
  await expect(page.getByText("There is no invite that holds.")).toBeVisible();

  await page.goto(`/admin/people?text=${bob.username}`);
  await page.goto(`/admin/people/${bob.username}`);
  await page.getByLabel("In the house").selectOption("admin");
  await press("Change role");
  await expect(page.getByText(/, admin, here since/)).toBeVisible();
  await page.getByLabel("In the house").selectOption("member");
  await press("Change role");
  await page.getByLabel(/^For days/).fill("3");
  await page.getByLabel(/^Why/).fill("Tea");
  await press("Suspend");
  await expect(page.getByText(/^Suspended until/)).toBeVisible();
  await press("Lift the suspension");
  await press("Make a link for a new password");
  const reset = new URL(await page.locator(".made-link").innerText()).pathname;
  await page.goto(`/admin/people/${bob.username}`);
  await press("Sign out everywhere");
  await page.goto("/admin/audit");
  for (const deed of ["suspend", "lift", "reset link", "sign out"]) await expect(page.locator("main li").filter({ hasText: deed }).first()).toBeVisible();

  const plain = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false, extraHTTPHeaders: { "x-forwarded-for": address() } });
  const his = await plain.newPage();
  await his.goto(reset);
  await his.getByLabel("Password").fill("another four words here");
  await submit(his);
  await expect(his).toHaveURL(/\/login\?reset/);
  await his.goto(reset);
  await expect(his.getByRole("heading", { level: 1 })).toHaveText("Nobody home");

  await page.goto(`/admin/people/${bob.username}`);
  await page.getByLabel(/to confirm/).fill("somebody");
  await press("Delete this account");
  await page.getByLabel(/to confirm/).fill(bob.username);
  await press("Delete this account");
  await expect(page).toHaveURL(/\/admin\/people$/);
  await expect(page.getByText(`@${bob.username}`)).toHaveCount(0);
  for (const other of [context, plain]) await other.close();
  await bob.leave();
  await server.remove();
});

test("every form about people in a room works without a script", async ({ ada, bob, browser, problems }) => {
  problems.allow(/status of 40[34]/);
  const slug = await ada.createRoom("Plans", "", "Private");
  const storageState = await ada.context.storageState();
  const context = await browser.newContext({ baseURL: ada.line.url, storageState, javaScriptEnabled: false });
  problems.watch(context);
  const page = await context.newPage();
  const row = page.locator(".person").filter({ has: page.getByText(`@${bob.username}`, { exact: true }) });
  const manage = async (name: string) => {
    await row.getByText("Manage").click();
    await row.getByRole("button", { name, exact: true }).click();
  };
  await page.goto(`/r/${slug}/members`);
  // Without its first letter it is nobody's name, and few have it in theirs, however many others begin as this one does.
  await page.getByLabel("User name", { exact: true }).fill(bob.username.slice(1));
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await row.getByRole("button", { name: /^Add/ }).click();
  await expect(page.locator(".people-head")).toContainText("2 members");
  await manage("Mute");
  await expect(row).toContainText("Muted until");
  await manage("Let write again");
  await manage("Make a moderator");
  await expect(page.getByRole("heading", { name: "Moderators" })).toBeVisible();
  await manage("Make a plain member");
  await bob.room.open(slug);
  await bob.room.say("Nightshade tea?");
  await bob.room.expectAllStored();
  const seq = await bob.room.seqOf("Nightshade tea?");

  await page.goto(`/r/${slug}/m/${seq}/report`);
  await page.locator("main form textarea, main form input[type=text]").first().fill("Poison");
  await submit(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Reported");
  await page.goto(`/r/${slug}/reports`);
  await expect(page.getByText("Poison")).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await expect(page.getByText("Nothing is reported.")).toBeVisible();
  await page.goto(`/r/${slug}/m/${seq}`);
  await page.getByRole("link", { name: "Delete…" }).click();
  await submit(page);
  await expect(page.getByText("Message deleted.")).toBeVisible();

  await page.goto(`/r/${slug}/members`);
  await manage("Remove from the room");
  await expect(row).toHaveCount(0);
  await page.getByLabel("User name", { exact: true }).fill(bob.username);
  await page.getByRole("button", { name: "Add", exact: true }).first().click();
  await row.getByText("Manage").click();
  await row.getByLabel("Reason for a ban").fill("Too loud");
  await row.getByRole("button", { name: "Remove and ban" }).click();
  await expect(page.getByText("Too loud")).toBeVisible();
  await page.getByRole("button", { name: "Let in again" }).click();
  await expect(page.getByText("Too loud")).toHaveCount(0);

  await page.goto("/messages/new");
  await page.getByLabel("To").fill(bob.username);
  await submit(page);
  await page.locator(".composer textarea").fill("Sorry");
  await page.locator(".composer-send").click();
  await expect(page.locator(".message-body").last()).toHaveText("Sorry");
  await page.getByRole("button", { name: "About this room" }).click();
  await page.getByRole("button", { name: "Hide from the list" }).click();
  await expect(page).toHaveURL(/\/$/);
  await context.close();
});
