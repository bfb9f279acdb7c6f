import { expect, type Page } from "@playwright/test";

/** How long it may take until a page whose connection broke has another one: between its tries it waits for up to half a minute. */
export const BACK = { timeout: 45_000 };

/** Opens an address and waits until the page listens. */
export async function go(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
}

/**
 * Waits until the page listens: what is clicked before hydration is lost. A document needs no WebAssembly, so it listens once it is read.
 * Some tests bring several pages to life at once, on two cores that they share with another test.
 */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForLoadState("domcontentloaded");
  await expect(page.locator("html:is([data-hydrated], [data-document])")).toBeAttached({ timeout: 30_000 });
}

/** Sends the form that the page is there for. */
export async function submit(page: Page): Promise<void> {
  await page.locator("main form.form .button").click();
}
