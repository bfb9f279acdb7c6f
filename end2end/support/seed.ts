import type { Page } from "@playwright/test";
import { go } from "./page.ts";
import type { Person } from "./person.ts";

/** Stores messages through the API, over one socket in the page's own browser; the fast way to a room with a past. */
export async function store(page: Page, account: { username: string; password: string }, room: string, bodies: string[]) {
  return page.evaluate(
    async ({ account, room, bodies }) => {
      const answer = await fetch("/api/v1/auth/token", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(account),
      });
      if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
      const { access_token } = (await answer.json()) as { access_token: string };
      const socket = new WebSocket(`/ws?token=${access_token}`);
      const seqs: number[] = [];
      await new Promise<void>((done, fail) => {
        const next = (): void => {
          if (seqs.length === bodies.length) return done();
          socket.send(JSON.stringify({ type: "send", room, client_id: crypto.randomUUID(), body: bodies[seqs.length] }));
        };
        socket.onclose = (close) => fail(new Error(`closed: ${close.code}`));
        socket.onmessage = ({ data }) => {
          const frame = JSON.parse(data) as { type: string; seq: number };
          if (frame.type === "hello") next();
          if (frame.type === "error") fail(new Error(data as string));
          if (frame.type === "ack") {
            seqs.push(frame.seq);
            next();
          }
        };
      });
      socket.close();
      return seqs;
    },
    { account, room, bodies },
  );
}

/** `count` different lines. */
export function lines(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${index + 1}`);
}

/** Makes rooms by their form, without looking at each. */
export async function makeRooms(person: Person, names: string[]): Promise<void> {
  // A document does not read the list anew with each of them.
  await go(person.page, "/rooms/new");
  await person.page.evaluate(async (names) => {
    const make = async (name: string) => {
      const form = new URLSearchParams({ name, topic: "", visibility: "open" });
      const answer = await fetch("/api/fn/create_room", { method: "POST", body: form });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    };
    for (let at = 0; at < names.length; at += 10) await Promise.all(names.slice(at, at + 10).map(make));
  }, names);
}
