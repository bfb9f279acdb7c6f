import { expect, test as base } from "@playwright/test";
import { address, Person } from "./person.ts";
import { Problems } from "./problems.ts";
import { Server } from "./server.ts";

export { expect };

interface People {
  problems: Problems;
  /** Opens another browser; `username` says whose, else it is a stranger's. */
  arrive: (name: string, username?: string) => Promise<Person>;
  /** Somebody new, signed in. */
  newcomer: (name: string) => Promise<Person>;
  /** The same account, signed in in another browser. */
  elsewhere: (person: Person) => Promise<Person>;
  ada: Person;
  bob: Person;
  /** Slug of a fresh open room, in which `ada` is the one member. */
  room: string;
}

/**
 * The tests' own `test`: each worker has a server of its own, each test has its own people and room, and fails when a page threw
 * or wrote an error to the console, or when the server panicked.
 */
export const test = base.extend<People, { server: Server }>({
  server: [
    async ({}, use) => {
      const server = await Server.create();
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],

  baseURL: async ({ server }, use) => use(server.url),
  extraHTTPHeaders: async ({}, use) => use({ "x-forwarded-for": address() }),

  problems: [
    async ({ server }, use) => {
      const problems = new Problems();
      const before = server.log().length;
      await use(problems);
      expect(problems.unexpected()).toEqual([]);
      expect(server.log().slice(before)).not.toContain("panicked");
    },
    { auto: true },
  ],

  context: async ({ context, problems }, use) => {
    problems.watch(context);
    await use(context);
  },

  arrive: async ({ browser, server, problems }, use) => {
    const people: Person[] = [];
    await use(async (name, username) => {
      const person = await Person.arrive(name, browser, server, problems, username);
      people.push(person);
      return person;
    });
    for (const person of people) await person.leave();
  },

  newcomer: async ({ arrive }, use) => {
    await use(async (name) => {
      const person = await arrive(name);
      await person.register();
      return person;
    });
  },

  elsewhere: async ({ arrive }, use) => {
    await use(async ({ name, username }) => {
      const person = await arrive(name, username);
      await person.signIn();
      return person;
    });
  },

  ada: async ({ newcomer }, use) => use(await newcomer("Ada")),
  bob: async ({ newcomer }, use) => use(await newcomer("Bob")),

  room: async ({ ada }, use) => use(await ada.createRoom(`Room of ${ada.username}`, "A place to talk", "Open")),
});
