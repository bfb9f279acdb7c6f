import { defineConfig } from "@playwright/test";
import { browser } from "./support/browser.ts";

/** `make screenshots OUT=folder`: pictures of the main pages, wide and narrow, dark and light. */
export default defineConfig({
  testDir: "screenshots",
  workers: 1,
  retries: 0,
  timeout: 60_000,
  reporter: "list",
  use: { launchOptions: browser(), locale: "en-GB", timezoneId: "Europe/Berlin" },
  projects: (["light", "dark"] as const).flatMap((colorScheme) => [
    { name: `${colorScheme}-1280`, use: { colorScheme, viewport: { width: 1280, height: 800 } } },
    { name: `${colorScheme}-390`, use: { colorScheme, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 } },
  ]),
});
