import { setTimeout } from "node:timers/promises";
import { type Browser, type BrowserContext, expect, type Page } from "@playwright/test";
import { AuthPage } from "./auth-page.ts";
import { Line } from "./line.ts";
import { go, hydrated, submit } from "./page.ts";
import { PASSWORD } from "./password.ts";
import type { Problems } from "./problems.ts";
import { RoomPage } from "./room-page.ts";
import { lines, store } from "./seed.ts";
import type { Server } from "./server.ts";

/** Longest time for a browser context to close. */
const CLOSE_MS = 15_000;

export { PASSWORD };

let people = 0;

/** An address of its own for each person, so that the throttles see them as different people. */
export function address(): string {
  people += 1;
  return `10.20.${people >> 8}.${people & 255}`;
}

/** Somebody with a browser, a network connection and, once registered, an account. */
export class Person {
  readonly name: string;
  readonly username: string;
  readonly line: Line;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly room: RoomPage;
  readonly auth: AuthPage;

  private constructor(name: string, username: string, line: Line, context: BrowserContext, page: Page) {
    this.name = name;
    this.username = username;
    this.line = line;
    this.context = context;
    this.page = page;
    this.room = new RoomPage(page);
    this.auth = new AuthPage(page);
  }

  /** Opens a browser. Without a user name the person gets a new one. */
  static async arrive(name: string, browser: Browser, server: Server, problems: Problems, username?: string): Promise<Person> {
    const extraHTTPHeaders = { "x-forwarded-for": address() };
    const line = await Line.to(server);
    const context = await browser.newContext({ baseURL: line.url, extraHTTPHeaders });
    problems.watch(context);
    return new Person(name, username ?? `${name.toLowerCase().split(" ")[0]}${people}`, line, context, await context.newPage());
  }

  async register(): Promise<void> {
    await this.auth.register(this.username, this.name, PASSWORD);
  }

  async signIn(): Promise<void> {
    await go(this.page, "/login");
    await this.auth.fill(this.username, PASSWORD);
    await expect(this.page).toHaveURL(/\/r\/lobby/);
    await hydrated(this.page);
  }

  /** Makes a room, and stands in it. Gives its slug. */
  async createRoom(name: string, topic: string, visibility: "Public" | "Open" | "Private"): Promise<string> {
    await go(this.page, "/rooms/new");
    await this.page.getByLabel("Name").fill(name);
    await this.page.getByLabel("Topic").fill(topic);
    await this.page.getByLabel(new RegExp(`^${visibility}`)).check();
    await submit(this.page);
    // Other tests have rooms of that name.
    const another = this.page.getByLabel("Make another one all the same");
    await expect(another.or(this.room.composer)).toBeVisible();
    if (await another.isVisible()) {
      await another.check();
      await submit(this.page);
    }
    await expect(this.page).toHaveURL(/\/r\//);
    await expect(this.room.composer).toBeVisible();
    await hydrated(this.page);
    return new URL(this.page.url()).pathname.replace("/r/", "");
  }

  /** Stores messages, with the texts or as many as asked for, and gives their places in the room's log. */
  async seed(room: string, bodies: string[] | number): Promise<number[]> {
    const texts = typeof bodies === "number" ? lines(bodies) : bodies;
    return store(this.page, { username: this.username, password: PASSWORD }, room, texts);
  }

  /** Another tab of the same browser, in the same room or any other. */
  async tab(): Promise<RoomPage> {
    return new RoomPage(await this.context.newPage());
  }

  /** Chromium now and then does not finish closing a page that is still loading. It goes with the browser then, and has its line until then. */
  async leave(): Promise<void> {
    const closed = this.context.close().catch(() => {}).then(() => this.line.close());
    await Promise.race([closed, setTimeout(CLOSE_MS, undefined, { ref: false })]);
  }
}
