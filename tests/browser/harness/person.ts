/** What a person does before the console: by roles, labels and words, never by a page's inner names. */
import type { Locator, Page, Request } from "playwright-core";
import type { Guard } from "./guard";
import type { Host, User } from "./host";
import { escape, type Key, type Values, type Words } from "./words";

/** For a page that never falls quite silent. */
const QUIET_MS = 15_000;
/** How often in a row a page must be still. */
const STILL = 2;

/** What the router of the console leaves in the page for those who look into it. */
interface Inside {
  __TSR_ROUTER__?: { history: { push: (to: string) => void }; state: { status: string; location: { href: string }; resolvedLocation?: { href: string } } };
}

export class Person {
  readonly language: Words["language"];
  /** What is asked for and not answered yet; streams of events never are. */
  private readonly asked = new Set<Request>();

  constructor(
    readonly page: Page,
    readonly host: Host,
    readonly words: Words,
    readonly guard: Guard,
  ) {
    this.language = words.language;
    page.on("request", (request) => request.resourceType() !== "eventsource" && this.asked.add(request));
    page.on("requestfinished", (request) => this.asked.delete(request));
    page.on("requestfailed", (request) => this.asked.delete(request));
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

  /** As a link on the page would lead there: the console is not loaded again. The page stands afterwards. */
  async goes(path: string): Promise<void> {
    const before = this.page.url();
    const inside = await this.page.evaluate((to) => {
      const router = (window as unknown as Inside).__TSR_ROUTER__;
      router?.history.push(to);
      return router !== undefined;
    }, `/console${path}`);
    if (!inside) await this.open(path);
    await this.settled();
    const wished = new URL(`${this.host.base}/console${path}`);
    if (new URL(this.page.url()).pathname.replace(/\/$/, "") !== wished.pathname.replace(/\/$/, "")) throw new Error(`nothing was touched, and yet nobody comes from ${before} to ${path}`);
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

  /** The table beside a chart. */
  chartTable(title: Key, by: Key): Locator {
    return this.page.getByRole("region", { name: this.t("chart.tableOf", { title: this.t(title), by: this.t(by) }), exact: true });
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
    const end = Date.now() + QUIET_MS;
    for (let still = 0; still < STILL && Date.now() < end; ) still = (await this.drawn()) && this.asked.size === 0 ? still + 1 : 0;
    await this.page.getByRole("status", { name: this.t("app.loading") }).first().waitFor({ state: "hidden" });
  }

  /** Whether the page stands as it is to be, two pictures from now. */
  private drawn(): Promise<boolean> {
    return this.page.evaluate(async () => {
      const picture = () => new Promise((resolve) => requestAnimationFrame(resolve));
      await picture();
      await picture();
      const state = (window as unknown as Inside).__TSR_ROUTER__?.state;
      const arrived = !state || (state.status === "idle" && state.location.href === state.resolvedLocation?.href);
      return arrived && document.querySelector("h1") !== null && document.querySelector(".ant-spin-spinning, .ant-skeleton") === null;
    });
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
