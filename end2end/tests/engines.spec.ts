import { PASSWORD } from "../support/person.ts";
import { expect, test as base } from "../support/test.ts";
import { Driver, ENTER, type Engine } from "../support/webdriver.ts";

// The main path in the browsers that are not Chromium. Each project of this file is named after one.

const COMPOSER = ".composer textarea";
const BODIES = ".message-body";

const test = base.extend<{ driver: Driver }>({
  driver: async ({}, use, info) => {
    const driver = await Driver.start(info.project.name as Engine);
    await use(driver);
    await driver.quit();
  },
});

let people = 0;

/** Makes an account and a public room, and stands in it. */
async function arrive(driver: Driver, url: string): Promise<string> {
  people += 1;
  const username = `walker${people}`;
  await driver.go(`${url}/register`);
  await driver.type("#username", username);
  await driver.type("#password", PASSWORD);
  await driver.click("main form.form .button");
  await listening(driver, "/r/lobby");
  await driver.go(`${url}/rooms/new`);
  await driver.type("#name", `Path ${people}`);
  await driver.click("main form.form .button");
  await listening(driver, `/r/path-${people}`);
  return username;
}

async function listening(driver: Driver, path: string): Promise<void> {
  await driver.sees("the page is there", () => driver.path(), (seen) => seen === path);
  await driver.sees("it listens", () => driver.run<boolean>("return document.documentElement.hasAttribute('data-hydrated')"), Boolean);
}

async function says(driver: Driver, text: string): Promise<void> {
  await driver.type(COMPOSER, text + ENTER);
}

/** Just these messages stand there, each one stored. */
async function shows(driver: Driver, texts: string[]): Promise<void> {
  const look = async () => ({ texts: await driver.texts(BODIES), pending: await driver.texts(".message--pending, .message--failed") });
  await driver.sees("the messages are there", look, (seen) => seen.pending.length === 0 && seen.texts.join("|") === texts.join("|"));
}

test("register, talk, reload, page back", async ({ driver, server }) => {
  test.slow();
  await arrive(driver, server.url);
  await says(driver, "Good morning!");
  await says(driver, "Anybody **here**?");
  await shows(driver, ["Good morning!", "Anybody here?"]);
  expect(await driver.run("return document.querySelector('.message-body strong').textContent")).toBe("here");
  await driver.reload();
  await shows(driver, ["Good morning!", "Anybody here?"]);

  const room = await driver.path();
  await listening(driver, room);
  await driver.click('nav a[href="/r/lobby"]');
  await driver.sees("the lobby is there", () => driver.texts(".room-name"), ([name]) => name === "Lobby");
  await driver.back();
  await shows(driver, ["Good morning!", "Anybody here?"]);
  await says(driver, "And back.");
  await shows(driver, ["Good morning!", "Anybody here?", "And back."]);
});

test("what was missed comes, what was said meanwhile goes out", async ({ driver, server }) => {
  test.slow();
  const username = await arrive(driver, server.url);
  await says(driver, "before");
  await shows(driver, ["before"]);
  await server.stop("SIGKILL");
  await says(driver, "into the dark");
  await driver.sees("it waits", () => driver.texts(".message--pending"), (pending) => pending.length === 1);
  await server.start();
  await shows(driver, ["before", "into the dark"]);

  await driver.click('form[action="/api/fn/logout"] button');
  await driver.sees("the way in", () => driver.path(), (path) => path === "/");
  await driver.back();
  await driver.sees("it is somebody's page no more", () => driver.texts('form[action="/api/fn/logout"]'), (forms) => forms.length === 0);
  await driver.go(`${server.url}/login?next=/r/path-${people}`);
  await driver.type("#username", username);
  await driver.type("#password", PASSWORD);
  await driver.click("main form.form .button");
  await listening(driver, `/r/path-${people}`);
  await shows(driver, ["before", "into the dark"]);
});
