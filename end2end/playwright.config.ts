import { defineConfig, devices } from "@playwright/test";
import { browser } from "./support/browser.ts";

const desktop = { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } };

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  // Closing a browser context counts too, and takes long on a machine that does other things as well.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/report.json" }]],
  // A trace of each test takes half as much of a core as the test itself: `--trace retain-on-failure` asks for it.
  use: { launchOptions: browser(), locale: "en-GB", timezoneId: "Europe/Berlin" },
  // Each file belongs to one project by its name, so that no test has to be skipped.
  projects: [
    { name: "desktop", use: desktop, testIgnore: /(phone|nojs|back|engines)\.spec\.ts/ },
    { name: "phone", use: { ...desktop, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, testMatch: /phone\.spec\.ts/ },
    { name: "nojs", use: { ...desktop, javaScriptEnabled: false }, testMatch: /nojs\.spec\.ts/ },
    // With the back/forward cache that people have, and that Playwright turns off.
    { name: "back", use: { ...desktop, launchOptions: { ...browser(), ignoreDefaultArgs: ["--disable-back-forward-cache"] } }, testMatch: /back\.spec\.ts/ },
    // Driven by WebDriver (see the file): the browser is started by the tests.
    { name: "firefox", testMatch: /engines\.spec\.ts/ },
    { name: "webkitgtk", testMatch: /engines\.spec\.ts/ },
  ],
});
