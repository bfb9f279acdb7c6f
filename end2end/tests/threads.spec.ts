import { go, hydrated, submit } from "../support/page.ts";
import { RoomPage } from "../support/room-page.ts";
import { expect, test } from "../support/test.ts";

test("a reply quotes what it answers, and the quote follows it until it is gone", async ({ ada, bob }) => {
  const slug = await ada.createRoom("Garden", "", "Public");
  await bob.room.enter(slug);
  await hydrated(bob.page);
  await ada.room.say("A rose is a rose");
  await expect(bob.room.message("A rose is a rose")).toBeVisible();

  // By keyboard: the arrows go to the message, R answers it.
  await bob.room.scroller.focus();
  await bob.page.keyboard.press("End");
  await bob.page.keyboard.press("r");
  await expect(bob.page.locator(".composer-answering")).toContainText("A rose is a rose");
  await bob.room.composer.press("Escape");
  await expect(bob.page.locator(".composer-answering")).toHaveCount(0);
  await bob.room.message("A rose is a rose").hover();
  await bob.page.getByRole("toolbar", { name: "Message" }).getByRole("button", { name: "Reply" }).click();
  await bob.room.say("Which one?");
  const quote = bob.room.message("Which one?").locator(".message-quote");
  await expect(quote).toContainText("A rose is a rose");
  await bob.room.expectAllStored();
  const theirs = ada.room.message("Which one?").locator(".message-quote");
  await expect(theirs).toContainText("A rose is a rose");

  await ada.room.message("A rose is a rose").hover();
  await ada.page.getByRole("toolbar", { name: "Message" }).getByRole("button", { name: "Edit" }).click();
  await ada.room.composer.fill("A tulip is a tulip");
  await ada.room.composer.press("Enter");
  await expect(quote).toContainText("A tulip is a tulip");
  await quote.click();
  await expect(bob.page).toHaveURL(/\/m\/\d+/);
  await expect(bob.page.locator(".message--focus")).toContainText("A tulip is a tulip");
});

test("a thread stands under its message, live for two, and in the room only where it is to", async ({ ada, bob }) => {
  const slug = await ada.createRoom("Garden", "", "Public");
  await bob.room.enter(slug);
  await ada.room.open(slug);
  await ada.room.say("Who waters the roses?");
  await ada.room.expectAllStored();
  const root = await ada.room.seqOf("Who waters the roses?");
  const told: number[] = [];
  bob.page.on("response", (answer) => {
    const said = new URLSearchParams(answer.request().postData() ?? "");
    if (answer.url().endsWith("/read_thread") && answer.ok()) told.push(Number(said.get("until")));
  });
  await go(bob.page, `/r/${slug}/t/${root}`);
  await expect(bob.page.getByRole("heading", { level: 1 })).toHaveText("Thread in Garden");
  await expect(bob.page.locator(".message--root .message-body")).toHaveText("Who waters the roses?");
  await bob.room.say("I do");
  await bob.room.expectAllStored();

  const line = ada.room.message("Who waters the roses?").locator(".message-thread");
  await expect(line).toContainText("1 reply");
  await expect(ada.room.message("I do")).toHaveCount(0);
  // On a window that is too narrow for both it is a page of its own.
  await ada.page.setViewportSize({ width: 1000, height: 800 });
  await line.click();
  await expect(ada.page).toHaveURL(new RegExp(`/r/${slug}/t/${root}$`));
  await expect(ada.room.message("I do")).toBeVisible();
  await ada.page.getByLabel("Also send to the room").check();
  await ada.room.say("Thank you");
  await ada.room.expectAllStored();
  const [reply, last] = [await ada.room.seqOf("I do"), await ada.room.seqOf("Thank you")];
  await expect(bob.room.message("Thank you")).toBeVisible();
  // What one has seen is read once it is painted.
  await expect.poll(() => told).toContain(last);

  await bob.room.open(slug);
  await expect(bob.room.message("Thank you").locator(".message-thread")).toHaveText("In a thread");
  await expect(bob.room.message("Who waters the roses?").locator(".message-thread")).toContainText("2 replies");

  // What stands there alone has an address that leads there.
  await bob.page.goto(`/r/${slug}/m/${reply}`);
  await expect(bob.page).toHaveURL(new RegExp(`/r/${slug}/t/${root}\\?m=${reply}`));
  await expect(bob.page.locator(".message--focus")).toContainText("I do");

  // What comes while one looks elsewhere is new.
  await go(bob.page, "/");
  await ada.room.say("Any time");
  await ada.room.expectAllStored();
  await go(bob.page, "/threads");
  await expect(bob.page.locator(".thread")).toContainText("Who waters the roses?");
  await expect(bob.page.locator(".thread")).toContainText("1 new");
  await bob.page.getByRole("button", { name: "Mark as read" }).click();
  await expect(bob.page.locator(".thread-new")).toHaveCount(0);
});

test("a thread that is closed in the moment in which it opens takes nothing with it", async ({ ada }) => {
  const slug = await ada.createRoom("Garden", "", "Public");
  await ada.room.say("Who waters the roses?");
  await ada.room.expectAllStored();
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("End");
  await ada.page.keyboard.press("t");
  const thread = new RoomPage(ada.page, ada.page.locator(".beside"));
  await thread.say("I do");
  await thread.expectAllStored();
  await ada.page.keyboard.press("Escape");
  await expect(ada.page.locator(".beside")).toHaveCount(0);
  await expect(ada.room.message("Who waters the roses?").locator(".message-thread")).toContainText("1 reply");
  await ada.page.evaluate(async () => {
    const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);
    const pauses = [() => Promise.resolve(), frame, () => frame().then(frame)];
    const close = (): HTMLElement | null => document.querySelector(".beside .thread-close");
    for (const pause of [...pauses, ...pauses]) {
      const opened = new Promise<void>((done) => {
        const look = new MutationObserver(() => {
          if (close() !== null) done(look.disconnect());
        });
        look.observe(document, { subtree: true, childList: true });
      });
      document.querySelector<HTMLElement>(".message-thread")?.click();
      await opened;
      await pause();
      close()?.click();
      await frame();
    }
  });
  await expect(ada.page.locator(".beside")).toHaveCount(0);
  await ada.room.say("The gardener, then");
  await expect(ada.room.message("The gardener, then")).toBeVisible();
  await ada.room.expectAllStored();
  await expect(ada.page).toHaveURL(new RegExp(`/r/${slug}$`));
});

test("a thread opens beside its room, and both stay alive", async ({ ada, bob }) => {
  const slug = await ada.createRoom("Garden", "", "Public");
  await bob.room.enter(slug);
  await ada.room.open(slug);
  await ada.room.say("Who waters the roses?");
  await ada.room.expectAllStored();
  const thread = new RoomPage(ada.page, ada.page.locator(".beside"));

  // By the key, and by the line under the message.
  await ada.room.scroller.focus();
  await ada.page.keyboard.press("End");
  await ada.page.keyboard.press("t");
  await expect(thread.composer).toBeFocused();
  await expect(ada.page).toHaveURL(new RegExp(`/r/${slug}$`));
  await thread.say("I do");
  await thread.expectAllStored();
  await expect(thread.message("I do")).toBeVisible();
  // Who answers follows it.
  const follow = ada.page.locator(".thread-follow button");
  await expect(follow).toHaveText("Unfollow");
  await expect(ada.room.message("I do")).toHaveCount(0);
  const line = ada.room.message("Who waters the roses?").locator(".message-thread");
  await expect(line).toContainText("1 reply");
  await ada.page.keyboard.press("Escape");
  await expect(ada.page.locator(".beside")).toHaveCount(0);
  await expect(ada.room.composer).toBeFocused();
  await line.click();
  await expect(thread.message("I do")).toBeVisible();

  // What the others do comes to both.
  await bob.room.say("Good morning");
  await expect(ada.room.message("Good morning")).toBeVisible();
  await bob.room.message("Who waters the roses?").locator(".message-thread").click();
  const theirs = new RoomPage(bob.page, bob.page.locator(".beside"));
  await theirs.say("Thank you");
  await expect(thread.message("Thank you")).toBeVisible();
  await expect(line).toContainText("2 replies");

  // What is done in it is done there: the toolbar, the menu, keys.
  await thread.message("I do").hover();
  await ada.page.locator(".beside").getByRole("button", { name: "Edit" }).click();
  await expect(thread.composer).toHaveValue("I do");
  await thread.composer.fill("I do, at noon");
  await thread.composer.press("Enter");
  await expect(theirs.message("I do, at noon")).toBeVisible();
  await expect(ada.room.composer).toHaveValue("");
  await thread.message("Thank you").hover();
  await ada.page.locator(".beside").getByRole("button", { name: "More about this message" }).click();
  await expect(ada.page.getByRole("menuitem").filter({ visible: true }).first()).toBeFocused();
  await ada.page.keyboard.press("Escape");
  await expect(thread.message("Thank you")).toBeVisible();

  await follow.click();
  await expect(follow).toHaveText("Follow");
  await ada.page.getByRole("link", { name: "Close the thread" }).click();
  await expect(ada.page.locator(".beside")).toHaveCount(0);

  // It does not go along to another room, and stays where one goes on in its own.
  await line.click();
  await expect(follow).toHaveText("Follow");
  await ada.page.locator('.nav-link[href="/r/lobby"]').click();
  await expect(ada.page.locator(".beside")).toHaveCount(0);
  await expect(ada.page).toHaveURL(/\/r\/lobby$/);
});

test("who is called by name sees it, and who cannot read the room is named to the author alone", async ({ ada, bob }) => {
  const slug = await ada.createRoom("Cellar", "", "Public");
  await bob.room.enter(slug);
  await hydrated(bob.page);
  await ada.room.say(`Down here, @${bob.username}!`);
  await expect(bob.page.locator(".mention--own")).toHaveText(`@${bob.username}`);
  await expect(ada.page.locator(".message-body a.mention")).toHaveText(`@${bob.username}`);
  const hidden = await ada.createRoom("Vault", "", "Private");
  await ada.room.open(hidden);
  await hydrated(ada.page);
  await ada.room.say(`Where is @${bob.username}?`);
  await expect(ada.page.locator(".room-notice")).toContainText("cannot read this room");
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("quotes and threads are shown, and answered by the form", async ({ page }) => {
    await page.goto("/register");
    await page.getByLabel("User name").fill("threader");
    await page.getByLabel("Display name").fill("Thea");
    await page.getByLabel("Password", { exact: true }).fill("four words make sense");
    await submit(page);
    await page.locator(".composer textarea").fill("First");
    await page.locator(".composer-send").click();
    await expect(page.locator(".message-body").last()).toHaveText("First");
    await page.locator(".message").last().locator(".message-time").click();
    await page.getByRole("link", { name: "Reply" }).click();
    await expect(page.locator(".composer-answering")).toContainText("First");
    await page.locator(".composer textarea").fill("Second");
    await page.locator(".composer-send").click();
    await expect(page.locator(".message").last().locator(".message-quote")).toContainText("First");
    await page.locator(".message").last().locator(".message-time").click();
    await page.getByRole("link", { name: "Thread", exact: true }).click();
    await page.locator(".composer textarea").fill("Third");
    await page.locator(".composer-send").click();
    await expect(page).toHaveURL(/\/t\/\d+#m\d+$/);
    await expect(page.locator(".message-body")).toHaveText(["Second", "Third"]);
  });
});
