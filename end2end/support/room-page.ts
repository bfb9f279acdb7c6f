import { expect, type Locator, type Page } from "@playwright/test";
import { go } from "./page.ts";

/** `/r/{slug}` and `/r/{slug}/m/{seq}`, or what stands beside it. */
export class RoomPage {
  readonly page: Page;
  /** Addresses of the rooms that the page's connection brings, by their ids. */
  private brought = new Map<string, string>();
  readonly timeline: Locator;
  readonly messages: Locator;
  readonly bodies: Locator;
  readonly pending: Locator;
  readonly failed: Locator;
  readonly scroller: Locator;
  readonly composer: Locator;
  readonly send: Locator;
  readonly banner: Locator;
  readonly pill: Locator;
  readonly typing: Locator;
  readonly older: Locator;
  readonly newer: Locator;
  readonly join: Locator;
  readonly more: Locator;
  readonly menu: Locator;
  readonly topic: Locator;

  constructor(page: Page, room = page.locator("#main > [data-room]")) {
    this.page = page;
    page.on("websocket", (socket) => {
      const brought = new Map<string, string>();
      this.brought = brought;
      socket.on("framereceived", ({ payload }) => {
        const frame = JSON.parse(payload.toString()) as { type: string; room: string; slug: string };
        if (frame.type === "subscribed") brought.set(frame.room, frame.slug);
        if (frame.type === "unsubscribed") brought.delete(frame.room);
      });
    });
    this.timeline = room.getByRole("log");
    this.messages = this.timeline.locator(".message");
    this.bodies = this.messages.locator(".message-body");
    this.pending = this.timeline.locator(".message--pending");
    this.failed = this.timeline.locator(".message--failed");
    this.scroller = room.locator(".scroller");
    this.composer = room.getByRole("textbox", { name: /message/i });
    this.send = room.locator(".composer-send");
    this.banner = room.locator(".banner");
    this.pill = room.locator(".pill");
    this.typing = room.locator(".typing");
    this.older = room.locator(".older");
    this.newer = room.locator(".newer");
    this.join = room.getByRole("button", { name: /^join/i });
    this.more = room.getByRole("button", { name: "About this room" });
    this.menu = room.locator(".menu").first();
    this.topic = room.locator(".room-topic");
  }

  async open(slug: string, seq?: number): Promise<void> {
    await go(this.page, seq === undefined ? `/r/${slug}` : `/r/${slug}/m/${seq}`);
  }

  /** Opens a room and becomes a member. */
  async enter(slug: string): Promise<void> {
    await this.open(slug);
    await this.join.first().click();
    await expect(this.composer).toBeVisible();
  }

  /** Waits until the page hears what nobody keeps for it, as that somebody types. Before that what it says of that kind goes nowhere. */
  async listens(): Promise<void> {
    const slug = new URL(this.page.url()).pathname.split("/")[2] ?? "";
    await expect.poll(() => [...this.brought.values()]).toContain(slug);
  }

  /** Leaves the room, by the menu and the question. */
  async leave(): Promise<void> {
    await this.more.click();
    await this.menu.getByRole("button", { name: "Leave…" }).click();
    await this.menu.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  }

  /** Types a message and presses Enter. Does not wait for the acknowledgement. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Messages one right after the other, faster than somebody types: however slow the machine is, no second passes between them. */
  async sayAtOnce(texts: string[]): Promise<void> {
    await this.composer.evaluate(async (box, texts) => {
      for (const text of texts) {
        (box as HTMLTextAreaElement).value = text;
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
        box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        await new Promise((done) => setTimeout(done));
      }
    }, texts);
  }

  /** The message with just this text. */
  message(text: string): Locator {
    const whole = new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
    return this.messages.filter({ has: this.page.locator(".message-body", { hasText: whole }) });
  }

  /** Just these messages stand there, in this order, each one stored. */
  async expectMessages(texts: string[], within?: { timeout: number }): Promise<void> {
    await expect(this.bodies).toHaveText(texts, within);
    await this.expectAllStored(within);
  }

  /** Nothing is on its way or has failed. */
  async expectAllStored(within?: { timeout: number }): Promise<void> {
    await expect(this.pending).toHaveCount(0, within);
    await expect(this.failed).toHaveCount(0);
  }

  /** The place of a message in the room's log. */
  async seqOf(text: string): Promise<number> {
    const id = await this.message(text).getAttribute("id");
    return Number(id?.replace(/^[mt]/, ""));
  }

  /** What stands in the messages, without the comments by which Leptos marks places and the frames of code, which come late. */
  async html(): Promise<string[]> {
    return this.bodies.evaluateAll((bodies) =>
      bodies.map((body) => {
        const copy = body.cloneNode(true) as Element;
        for (const frame of copy.querySelectorAll(".code")) frame.replaceWith(...frame.querySelectorAll("pre"));
        return copy.innerHTML.replaceAll("<!---->", "");
      }),
    );
  }

  /** How far the view is from the newest message, in pixels. */
  async distanceToEnd(): Promise<number> {
    return this.scroller.evaluate((scroller) => Math.abs(scroller.scrollTop));
  }

  /** Moves the view to the oldest message that is there. */
  async scrollToTop(): Promise<void> {
    await this.scroller.evaluate((scroller) => scroller.scrollTo({ top: -scroller.scrollHeight, behavior: "instant" }));
  }
}
