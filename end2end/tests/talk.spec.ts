import { expect, test } from "../support/test.ts";

test("two people talk, and both see the same in the same order", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  await ada.room.say("Good morning!");
  await expect(bob.room.message("Good morning!")).toBeVisible();
  await bob.room.say("Morning, Ada.");
  await expect(ada.room.message("Morning, Ada.")).toBeVisible();
  await ada.room.say("Coffee?");

  for (const person of [ada, bob]) await person.room.expectMessages(["Good morning!", "Morning, Ada.", "Coffee?"]);
  await expect(bob.room.message("Coffee?")).not.toHaveClass(/message--own/);
  await expect(ada.room.message("Coffee?")).toHaveClass(/message--own/);
  await expect(bob.room.message("Good morning!").locator(".message-author")).toHaveText("Ada");
});

test("what was said is in the first HTML of the next visit", async ({ ada, room }) => {
  await ada.room.say("Written *once*, read **often**.");
  await ada.room.expectMessages(["Written once, read often."]);
  const html = await (await ada.page.request.get(`/r/${room}`)).text();
  expect(html).toContain("Written <em>once</em>, read <strong>often</strong>.");
});

test("a message is shown as pending at once and acknowledged in place", async ({ ada, room: _ }) => {
  await ada.room.say("first");
  await ada.room.expectAllStored();

  ada.line.hold();
  await ada.room.say("With **bold**, `code` and <tags> & entities\n\n- a list");
  await expect(ada.room.pending).toHaveCount(1);
  const row = await ada.room.pending.elementHandle();
  if (!row) throw new Error("no pending row");
  const look = async () => ({ box: await row.boundingBox(), attached: await row.evaluate((element) => element.isConnected), html: await ada.room.html() });
  const before = await look();
  ada.line.release();
  await ada.room.expectAllStored();
  expect(await look()).toEqual(before);
  expect(await row.getAttribute("id")).toMatch(/^m\d+$/);
  await expect(ada.room.messages).toHaveCount(2);
});

test("the acknowledged text is the stored one, byte for byte", async ({ ada, room }) => {
  const sources = ["*a* _b_ ~~c~~ `d < e` & f", "```\nfn main() {}\n```", "> quoted\n\n1. one\n2. two", "[x](https://example.org/?a=1&b=2) <b>no</b>"];
  for (const source of sources) await ada.room.say(source);
  await ada.room.expectAllStored();
  const typed = await ada.room.html();
  await ada.room.open(room);
  await expect(ada.room.messages).toHaveCount(sources.length);
  expect(await ada.room.html()).toEqual(typed);
});

test("messages of one author in a row are one group", async ({ ada, bob, room }) => {
  await bob.room.enter(room);
  for (const text of ["one", "two"]) await ada.room.say(text);
  await expect(bob.room.message("two")).toBeVisible();
  await bob.room.say("three");
  await expect(ada.room.message("three")).toBeVisible();
  const groups = () => ada.room.messages.evaluateAll((rows) => rows.map((row) => row.classList.contains("message--first")));
  expect(await groups()).toEqual([true, false, true]);
  await ada.room.open(room);
  await expect(ada.room.messages).toHaveCount(3);
  expect(await groups()).toEqual([true, false, true]);
});

test("two tabs of one person show the same, and no message twice", async ({ ada, room }) => {
  const second = await ada.tab();
  await second.open(room);
  await ada.room.say("from the first tab");
  await expect(second.message("from the first tab")).toBeVisible();
  await second.say("from the second tab");
  for (const tab of [ada.room, second]) await tab.expectMessages(["from the first tab", "from the second tab"]);
});

test("rooms are found, joined and left", async ({ ada, bob, room }) => {
  await bob.page.goto(`/?q=${room}`);
  await bob.page.getByRole("link", { name: `Room of ${ada.username}` }).first().click();
  await expect(bob.page).toHaveURL(new RegExp(`/r/${room}$`));
  await expect(bob.room.composer).toBeHidden();
  await bob.room.join.first().click();
  await expect(bob.room.composer).toBeVisible();
  await bob.room.leave();
  await expect(bob.room.composer).toBeHidden();
  await expect(bob.room.join.first()).toBeVisible();
});

test("going from room to room keeps each one's messages apart", async ({ ada, room }) => {
  await ada.room.say("in the new room");
  await ada.room.expectMessages(["in the new room"]);
  const link = (slug: string) => ada.page.locator(`nav a[href="/r/${slug}"]`).first();
  await link("lobby").click();
  await expect(ada.page.locator(".room-name")).toHaveText("Lobby");
  await expect(ada.room.message("in the new room")).toHaveCount(0);
  await ada.room.say(`hello lobby from ${ada.username}`);
  await link(room).click();
  await expect(ada.page.locator(".room-name")).toHaveText(`Room of ${ada.username}`);
  await ada.room.say("and back");
  await ada.room.expectMessages(["in the new room", "and back"]);
});

test("times are the reader's own, also in the first HTML of the next visit", async ({ ada, room }) => {
  await ada.room.say("what time is it?");
  await ada.room.expectAllStored();
  const time = ada.room.messages.first().locator(".message-time time");
  const day = ada.room.timeline.locator(".day time");
  // The browser of these tests stands in Berlin, the server renders for UTC as long as it does not know that.
  const expected = await time.evaluate((element) => {
    const at = new Date((element as HTMLTimeElement).dateTime);
    const clock = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" });
    const date = at.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "Europe/Berlin" });
    return { clock, date };
  });
  await expect(time).toHaveText(expected.clock);
  const [weekday = "", rest = ""] = expected.date.split(/,? (.*)/s);
  await expect(day).toHaveText(`${weekday}, ${rest}`);
  await expect(time).toHaveAttribute("title", `${weekday}, ${rest}, ${expected.clock}`);
  const html = await (await ada.page.request.get(`/r/${room}`)).text();
  expect(html).toContain(`>${expected.clock}<`);
});
