import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { Page } from "@playwright/test";
import { go } from "./page.ts";
import { Server } from "./server.ts";

/** A server that asks programs on this machine, too. */
export const reachable = (): Promise<Server> => Server.create(undefined, { SNUG_OUTBOUND_ALLOW: "127.0.0.1" });

/** A program that is asked over HTTP. */
export class Program {
  readonly url: string;
  /** What it answers from now on; the status 500 where it is nothing. */
  answer: object | undefined = {};
  private readonly server: HttpServer;

  private constructor(server: HttpServer, port: number) {
    this.server = server;
    this.url = `http://127.0.0.1:${port}/`;
  }

  static async start(): Promise<Program> {
    const server = createServer((request, response) => {
      request.resume();
      const { answer } = program;
      response.writeHead(answer ? 200 : 500, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const program = new Program(server, address.port);
    return program;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Makes a slash command that asks it, on the page for those of a room or of the house. */
  async command(page: Page, address: string, word: string, name: string): Promise<void> {
    await go(page, address);
    await page.getByLabel("Command", { exact: true }).fill(word);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("URL").fill(this.url);
    await page.getByRole("button", { name: "Make a command" }).click();
    await page.getByRole("heading", { name: "Its secret" }).waitFor();
  }
}
