import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./server.ts";

/** Browsers that speak WebDriver (https://www.w3.org/TR/webdriver2/) and not the protocol of Chromium. */
export type Engine = "firefox" | "webkitgtk";

const START_SECONDS = 30;
const WAIT_SECONDS = 20;
const PAUSE_MS = 50;
/** The name under which WebDriver refers to an element. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
export const ENTER = "\uE007";

/** A browser that is driven from outside. */
export class Driver {
  private readonly processes: ChildProcess[];
  private readonly session: string;

  private constructor(processes: ChildProcess[], session: string) {
    this.processes = processes;
    this.session = session;
  }

  static async start(engine: Engine): Promise<Driver> {
    const processes: ChildProcess[] = [];
    try {
      const port = await freePort();
      if (engine === "firefox") {
        processes.push(run(tool("geckodriver"), ["--port", `${port}`], {}));
      } else {
        const display = await virtualDisplay(processes);
        processes.push(run("WebKitWebDriver", [`--port=${port}`], { DISPLAY: display, GDK_BACKEND: "x11" }));
      }
      const driver = `http://127.0.0.1:${port}`;
      await until("the driver answers", () => fetch(`${driver}/status`).then((answer) => answer.ok, () => false), START_SECONDS);
      const { sessionId } = await command<{ sessionId: string }>(`${driver}/session`, { capabilities: { alwaysMatch: capabilities(engine) } });
      return new Driver(processes, `${driver}/session/${sessionId}`);
    } catch (error) {
      stop(processes);
      throw error;
    }
  }

  async quit(): Promise<void> {
    await fetch(this.session, { method: "DELETE" }).catch(() => {});
    stop(this.processes);
  }

  async go(url: string): Promise<void> {
    await this.command("url", { url });
  }

  async reload(): Promise<void> {
    await this.command("refresh", {});
  }

  async back(): Promise<void> {
    await this.command("back", {});
  }

  /** What a function body returns that runs in the page. */
  async run<T>(script: string, ...args: unknown[]): Promise<T> {
    return this.command<T>("execute/sync", { script, args });
  }

  async click(selector: string): Promise<void> {
    await this.command(`element/${await this.find(selector)}/click`, {});
  }

  async type(selector: string, text: string): Promise<void> {
    await this.command(`element/${await this.find(selector)}/value`, { text });
  }

  /** The texts of all elements of a kind. */
  async texts(selector: string): Promise<string[]> {
    return this.run("return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent.trim())", selector);
  }

  async path(): Promise<string> {
    return this.run("return location.pathname + location.search");
  }

  /** Until it holds; what was seen last is in the error. While one document takes the place of another there is nothing to be seen. */
  async sees<T>(what: string, look: () => Promise<T>, holds: (seen: T) => boolean): Promise<void> {
    let seen: T | string | undefined;
    const held = () => look().then((now) => holds((seen = now)), (error: unknown) => { seen = String(error); return false; });
    await until(what, held, WAIT_SECONDS).catch((error: unknown) => {
      throw new Error(`${String(error)}; last seen: ${JSON.stringify(seen)}`);
    });
  }

  private async find(selector: string): Promise<string> {
    let found: Record<string, string> = {};
    const look = async () => {
      found = await this.command<Record<string, string>>("element", { using: "css selector", value: selector });
      return true;
    };
    await until(`${selector} is there`, () => look().catch(() => false), WAIT_SECONDS);
    return found[ELEMENT] ?? "";
  }

  private async command<T = unknown>(path: string, body: unknown): Promise<T> {
    return command<T>(`${this.session}/${path}`, body);
  }
}

async function command<T>(url: string, body: unknown): Promise<T> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  const { value } = (await answer.json()) as { value: T };
  if (!answer.ok) throw new Error(`${url}: ${JSON.stringify(value)}`);
  return value;
}

async function until(what: string, holds: () => Promise<boolean>, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`in ${seconds} s it did not come true that ${what}`);
    await pause(PAUSE_MS);
  }
}

function capabilities(engine: Engine): Record<string, unknown> {
  if (engine === "firefox") {
    return { "moz:firefoxOptions": { binary: installed("firefox-esr", "firefox"), args: ["-headless"] } };
  }
  // By itself the driver starts the small browser that WebKitGTK brings along.
  return {};
}

/** WebKitGTK has no mode without a screen: one that nobody sees. Gives its name. */
async function virtualDisplay(processes: ChildProcess[]): Promise<string> {
  const screen = run("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], {});
  processes.push(screen);
  const [number] = (await once(screen.stdout ?? screen, "data")) as [Buffer];
  return `:${number.toString().trim()}`;
}

function run(program: string, args: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  // Nobody reads what it says; a full pipe would stop it.
  child.stdout?.resume();
  // What does not start is seen by what does not answer.
  child.on("error", () => {});
  return child;
}

function stop(processes: ChildProcess[]): void {
  for (const child of processes.reverse()) child.kill();
}

function tool(name: string): string {
  return fileURLToPath(new URL(`../../.tools/bin/${name}`, import.meta.url));
}

function installed(...names: string[]): string {
  const path = names.map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));
  if (!path) throw new Error(`${names.join(" or ")} is not there. Run: scripts/setup.sh test`);
  return path;
}
