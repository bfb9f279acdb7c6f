import type { BrowserContext } from "@playwright/test";

/** What no page may do during a test: throw, or write an error to the console (a hydration mismatch, a blocked script …). */
export class Problems {
  private readonly found: string[] = [];
  private readonly expected: RegExp[] = [];

  watch(context: BrowserContext): void {
    context.on("weberror", (error) => this.found.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on("console", (message) => {
      if (message.type() === "error") this.found.push(`console: ${message.text()} (${message.location().url})`);
    });
  }

  /** The test brings about such errors itself. */
  allow(...patterns: RegExp[]): void {
    this.expected.push(...patterns);
  }

  /** The browser's own reports about a network that the test has cut. */
  allowOutage(): void {
    this.allow(/WebSocket connection to .* failed/, /Failed to load resource: net::ERR_/);
  }

  unexpected(): string[] {
    return this.found.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
  }
}
