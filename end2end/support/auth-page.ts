import { expect, type Locator, type Page } from "@playwright/test";
import { go, hydrated, submit } from "./page.ts";

/** `/register` and `/login`. */
export class AuthPage {
  readonly page: Page;
  readonly username: Locator;
  readonly displayName: Locator;
  readonly password: Locator;
  readonly signOut: Locator;

  constructor(page: Page) {
    this.page = page;
    this.username = page.getByLabel("User name");
    this.displayName = page.getByLabel("Display name");
    this.password = page.getByLabel("Password", { exact: true });
    this.signOut = page.getByRole("button", { name: "Sign out" });
  }

  async register(username: string, displayName: string, password: string): Promise<void> {
    await go(this.page, "/register");
    await this.fill(username, password, displayName);
    await expect(this.page).toHaveURL(/\/r\/lobby/);
    await hydrated(this.page);
  }

  /** Fills the form and sends it. */
  async fill(username: string, password: string, displayName?: string): Promise<void> {
    await this.username.fill(username);
    if (displayName !== undefined) await this.displayName.fill(displayName);
    await this.password.fill(password);
    await submit(this.page);
  }
}
