import { expect, type Page } from "@playwright/test";
import axe from "axe-core";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** Everybody can use what is shown, or the part of it, in both themes. */
export async function expectAccessible(page: Page, what: string, part = "html"): Promise<void> {
  await page.evaluate(axe.source);
  const found = [...(await faults(page, part, "light")), ...(await faults(page, part, "dark"))];
  // As the browser was started.
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  expect(found, what).toEqual([]);
}

async function faults(page: Page, part: string, theme: "light" | "dark"): Promise<string[]> {
  // Motion would leave a colour on its way from one theme to the other.
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  const told = await page.evaluate(async (part) => {
    // The inside of Swagger UI is not ours. Asked for what is wrong alone, axe does not gather the rest.
    const { violations } = await window.axe.run({ include: [part], exclude: [".swagger-ui"] }, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html} ${failureSummary ?? ""}`));
  }, part);
  return told.map((fault) => `${theme}: ${fault}`);
}
