import { readFileSync } from "node:fs";
import type { LaunchOptions } from "@playwright/test";

/** The Chromium that `scripts/setup.sh test` found or installed. */
export function browser(): LaunchOptions {
  const args = ["--disable-background-networking", "--disable-component-update", "--no-default-browser-check"];
  // Chromium refuses to start its sandbox as root.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  return { executablePath: chromium(), args };
}

function chromium(): string {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  try {
    return readFileSync(new URL("../../.tools/chromium", import.meta.url), "utf8").trim();
  } catch {
    throw new Error("The browser is not set up. Run: scripts/setup.sh test");
  }
}
