import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server as Listener, type Socket } from "node:net";
import type { Server } from "./server.ts";

/**
 * The network between one person and the server: a TCP proxy that can fail as networks do. The browser's own offline switch
 * stops new connections but leaves open sockets open, so it alone does not make an outage.
 */
export class Line {
  readonly url: string;
  private state: "up" | "down" | "pages only" | "no sockets" = "up";
  private held: "nothing" | "answers" | "all" = "nothing";
  private readonly pairs = new Set<[Socket, Socket]>();
  private readonly forgotten = new Set<Socket>();
  private readonly listener: Listener;

  private constructor(listener: Listener) {
    this.listener = listener;
    this.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  }

  static async to(server: Server): Promise<Line> {
    const listener = createServer().listen(0, "127.0.0.1").unref();
    await once(listener, "listening");
    const line = new Line(listener);
    listener.on("connection", (browser) => line.join(browser, server.port));
    return line;
  }

  /** Every connection breaks, and new ones too. */
  cut(): void {
    this.state = "down";
    for (const pair of this.pairs) hangUp(pair);
  }

  /** Every connection breaks; pages can be loaded again, neither the WebSocket nor what takes its place can be opened. */
  cutSockets(): void {
    this.cut();
    this.state = "pages only";
  }

  /** Every connection breaks; all can be opened again but WebSockets, as behind some proxies. */
  blockSockets(): void {
    this.cut();
    this.state = "no sockets";
  }

  /** All works again. */
  mend(): void {
    this.state = "up";
  }

  /** Nothing comes through any more, but nothing breaks. */
  hold(): void {
    this.held = "all";
    for (const pair of this.pairs) this.settle(pair);
  }

  /** What the browser says still arrives, what the server answers does not. */
  holdAnswers(): void {
    this.held = "answers";
    for (const pair of this.pairs) this.settle(pair);
  }

  /** The network forgets the connections that there are: nothing comes through them any more, and nobody is told. New ones work. */
  forget(): void {
    for (const [browser, server] of this.pairs) {
      browser.pause();
      server.pause();
      this.forgotten.add(browser);
    }
  }

  /** What was held back arrives. */
  release(): void {
    this.held = "nothing";
    for (const pair of this.pairs) this.settle(pair);
  }

  close(): void {
    this.cut();
    this.listener.close();
  }

  private join(browser: Socket, port: number): void {
    const server = connect(port, "127.0.0.1");
    const pair: [Socket, Socket] = [browser, server];
    this.pairs.add(pair);
    for (const [from, to] of [pair, [server, browser]] as const) {
      from.on("data", (bytes) => (this.refuses(bytes) ? hangUp(pair) : to.write(bytes)));
      from.on("error", () => hangUp(pair));
      from.on("close", () => {
        this.pairs.delete(pair);
        to.end();
      });
    }
    this.settle(pair);
    if (this.state === "down") hangUp(pair);
  }

  private settle([browser, server]: [Socket, Socket]): void {
    if (this.forgotten.has(browser)) return;
    if (this.held === "all") browser.pause();
    else browser.resume();
    if (this.held === "nothing") server.resume();
    else server.pause();
  }

  private refuses(bytes: Buffer): boolean {
    const request = bytes.subarray(0, 19).toString("latin1");
    const isSocket = request.startsWith("GET /ws ");
    return this.state === "no sockets" ? isSocket : this.state === "pages only" && (isSocket || request === "GET /api/v1/events ");
  }
}

function hangUp(pair: [Socket, Socket]): void {
  for (const socket of pair) socket.destroy();
}
