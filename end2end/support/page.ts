import { expect, type Page } from "@playwright/test";

/** Opens an address and waits until the page listens. */
export async function go(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
}

/** Waits until the page listens: what is clicked before hydration is lost. A document needs no WebAssembly, so it listens once it is read. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForLoadState("domcontentloaded");
  await expect(page.locator("html:is([data-hydrated], [data-document])")).toBeAttached();
}

/** Sends the form that the page is there for. */
export async function submit(page: Page): Promise<void> {
  await page.locator("main form.form .button").click();
}
