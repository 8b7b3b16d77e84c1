/** Real Chromium, and people who sit before it: each with a language, a theme and a guard. */
import { chromium as program, type Browser as Chromium, type BrowserContext, type Cookie } from "playwright-core";
import { Guard } from "./guard";
import type { Host, User } from "./host";
import { Person } from "./person";
import { chromium } from "./places";
import { type Language, wordsIn } from "./words";

/** A busy machine is no fault: what is wrong shows all the same, later. */
const PATIENCE_MS = 120_000;

export interface Wishes {
  language: Language;
  dark?: boolean;
  width?: number;
  height?: number;
  /** Without script: for public pages. */
  bare?: boolean;
}

export class Browser {
  /** Of those who came in already, by address. */
  private readonly sessions = new Map<string, Cookie[]>();

  private constructor(private readonly chromium: Chromium) {}

  static async start(): Promise<Browser> {
    return new Browser(await program.launch({ executablePath: chromium(), args: ["--no-sandbox"] }));
  }

  async end(): Promise<void> {
    await this.chromium.close();
  }

  async context({ language, dark = false, width = 1280, height = 900, bare = false }: Wishes): Promise<BrowserContext> {
    const context = await this.chromium.newContext({
      locale: language === "en" ? "en-US" : language,
      colorScheme: dark ? "dark" : "light",
      viewport: { width, height },
      reducedMotion: "reduce",
      timezoneId: "UTC",
      javaScriptEnabled: !bare,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  }

  /** Somebody before an empty tab of their own, not signed in. */
  async person(host: Host, wishes: Wishes): Promise<Person> {
    const context = await this.context(wishes);
    const guard = await Guard.on(context);
    return new Person(await context.newPage(), host, wordsIn(wishes.language), guard);
  }

  /** Somebody who came in before: the page of signing in is the matter of a journey of its own. */
  async signedIn(host: Host, user: User, wishes: Wishes): Promise<Person> {
    const person = await this.person(host, wishes);
    const context = person.page.context();
    const known = this.sessions.get(user.email);
    if (known) await context.addCookies(known);
    else {
      const answer = await context.request.post(`${host.base}/api/v1/sessions`, { data: { email: user.email, password: user.password } });
      if (!answer.ok()) throw new Error(`${user.email} is not let in: ${await answer.text()}`);
      this.sessions.set(user.email, await context.cookies());
    }
    return person;
  }
}
