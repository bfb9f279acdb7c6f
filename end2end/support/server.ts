import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PASSWORD } from "./password.ts";

const BINARY = process.env.SNUG_BINARY ?? fileURLToPath(new URL("../../target/release/snug", import.meta.url));
const START_SECONDS = 20;

/** User name of the owner of every house that is tested: others come in as members do. */
export const OWNER = "hanna";

/** A Snug of its own: a port, a data folder, and a process that can be killed and started again on them. */
export class Server {
  readonly url: string;
  readonly port: number;
  private readonly folder = mkdtempSync(join(tmpdir(), "snug-e2e-"));
  private process?: ChildProcess;

  private readonly limits: string;
  private readonly settings: Record<string, string>;

  private constructor(port: number, limits: string, settings: Record<string, string>) {
    this.limits = limits;
    this.settings = settings;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Tests write more in a moment than people do: the limits are high by themselves. */
  static async create(limits = "sends=100000+1000/s,sends-per-address=100000+1000/s,connects=10000+100/s,creations=10000+10/s,creations-per-address=10000+10/s,rooms-made=1000,rooms-joined=1000", settings: Record<string, string> = {}): Promise<Server> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not there. Run: make build`);
    const server = new Server(await freePort(), limits, settings);
    await server.addOwner();
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    // Nothing that is set on this machine changes what is tested.
    const child = spawn(BINARY, ["serve", "--addr", `127.0.0.1:${this.port}`, "--data-dir", this.data], {
      env: { SNUG_LIMITS: this.limits, ...this.settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(this.logFile, { flags: "a" });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.process = child;
    await this.ready();
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  /** Writes a backup of what is stored now, in place of the one before. */
  async backup(): Promise<void> {
    rmSync(this.backupFile, { force: true });
    await this.run("backup");
  }

  /** Puts the last backup in the place of the database. The server must not run. */
  async restore(): Promise<void> {
    for (const end of ["", "-wal", "-shm"]) rmSync(join(this.data, `snug.db${end}`), { force: true });
    await this.run("restore");
  }

  async remove(): Promise<void> {
    await this.stop("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }

  log(): string {
    return readFileSync(this.logFile, "utf8");
  }

  private async addOwner(): Promise<void> {
    const file = join(this.folder, "password");
    writeFileSync(file, PASSWORD);
    const add = ["user", "add", OWNER, "--role", "owner", "--password-file", file, "--data-dir", this.data];
    await promisify(execFile)(BINARY, add, { env: {} });
  }

  private async run(command: "backup" | "restore"): Promise<void> {
    await promisify(execFile)(BINARY, [command, "--data-dir", this.data, this.backupFile], { env: {} });
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private get backupFile(): string {
    return join(this.folder, "backup.db");
  }

  private get logFile(): string {
    return join(this.folder, "log");
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + START_SECONDS * 1000;
    while (Date.now() < deadline && this.process?.exitCode === null) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await pause(20);
    }
    throw new Error(`The server did not get ready. Its log:\n${this.log()}`);
  }
}

/** Kernels give connections ports above these: a server that is down for a moment finds its own free when it comes back. */
const PORTS = { first: 10_000, count: 10_000, each: 200 };
let ports = Number(process.env.TEST_WORKER_INDEX ?? 0) * PORTS.each;

/** A port that nothing listens on, and that no other test takes. */
export async function freePort(): Promise<number> {
  const port = PORTS.first + (ports % PORTS.count);
  ports += 1;
  const probe = createServer().listen(port, "127.0.0.1");
  const isFree = await Promise.race([once(probe, "listening").then(() => true), once(probe, "error").then(() => false)]);
  probe.close();
  return isFree ? port : freePort();
}
