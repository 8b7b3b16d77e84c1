/** What a person does before the console: by roles, labels and words, never by a page's inner names. */
import type { Locator, Page } from "playwright-core";
import type { Guard } from "./guard";
import type { Host, User } from "./host";
import { escape, type Key, type Values, type Words } from "./words";

const QUIET_MS = 10_000;

export class Person {
  readonly language: Words["language"];

  constructor(
    readonly page: Page,
    readonly host: Host,
    readonly words: Words,
    readonly guard: Guard,
  ) {
    this.language = words.language;
  }

  t(key: Key, values?: Values): string {
    return this.words.t(key, values);
  }

  /** A button, link or tab is called by its words; a picture may stand before them. */
  private named(text: string): RegExp {
    return new RegExp(`(?:^|\\s)${escape(text)}$`);
  }

  async open(path: string): Promise<void> {
    await this.page.goto(`${this.host.base}/console${path}`);
  }

  /** Wait until the address is this one. */
  async at(path: string | RegExp): Promise<void> {
    await this.page.waitForURL((url) => {
      const here = url.pathname.replace(/^\/console/, "") + url.search;
      return typeof path === "string" ? here === path : path.test(here);
    });
  }

  button(key: Key, values?: Values): Locator {
    return this.page.getByRole("button", { name: this.named(this.t(key, values)) });
  }

  link(key: Key, values?: Values): Locator {
    return this.page.getByRole("link", { name: this.named(this.t(key, values)) });
  }

  tab(key: Key): Locator {
    return this.page.getByRole("tab", { name: this.named(this.t(key)) });
  }

  field(key: Key, values?: Values): Locator {
    return this.page.getByLabel(this.t(key, values), { exact: true });
  }

  dialog(): Locator {
    return this.page.getByRole("dialog").last();
  }

  heading(text: string): Locator {
    return this.page.getByRole("heading", { level: 1, name: text, exact: true });
  }

  table(key: Key): Locator {
    return this.page.getByRole("region", { name: this.t(key), exact: true });
  }

  async press(key: Key, values?: Values): Promise<void> {
    await this.button(key, values).click();
  }

  /** Press the same words again in the question that came up. */
  async confirm(key: Key): Promise<void> {
    await this.dialog()
      .getByRole("button", { name: this.named(this.t(key)) })
      .click();
  }

  async fill(key: Key, text: string): Promise<void> {
    await this.field(key).fill(text);
  }

  /** Pick from a list that opens. */
  async choose(field: Locator, option: string): Promise<void> {
    await field.click();
    await this.page.getByTitle(option, { exact: true }).locator("visible=true").last().click();
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).locator("visible=true").first().waitFor();
  }

  /** Wait until the page has its heading and nothing is being loaded. */
  async settled(): Promise<void> {
    await this.page.getByRole("heading", { level: 1 }).first().waitFor();
    // A page that listens to a job never falls quite silent.
    await this.page.waitForLoadState("networkidle", { timeout: QUIET_MS }).catch(() => undefined);
    await this.page.getByRole("status", { name: this.t("app.loading") }).first().waitFor({ state: "hidden" });
  }

  /** The file dialog that a press opens is answered with a file. */
  async hands(press: Locator, name: string, type: string, content: string | Buffer): Promise<void> {
    const [dialog] = await Promise.all([this.page.waitForEvent("filechooser"), press.click()]);
    await dialog.setFiles({ name, mimeType: type, buffer: Buffer.from(content) });
  }

  async signIn(user: User, submit: Key = "signIn.submit"): Promise<void> {
    const email = this.field("signIn.email");
    if (await email.isEditable()) await email.fill(user.email);
    await this.fill("signIn.password", user.password);
    await this.press(submit);
  }

  /** Leave the machine: nothing odd may have happened until now. */
  async leaves(): Promise<void> {
    await this.page.context().close();
    this.guard.clean();
  }
}
