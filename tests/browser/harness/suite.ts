/** The host, the browser and the people of one file of tests; steps that are timed, and seen when they fail. */
import { afterAll, beforeAll, inject } from "vitest";
import { join } from "node:path";
import { Browser, type Wishes } from "./browser";
import { Host, type User } from "./host";
import { MailServer } from "./mail";
import type { Person } from "./person";
import { reports } from "./places";

export interface Suite {
  host: Host;
  browser: Browser;
  mail: MailServer;
  /** Somebody who may do everything. */
  admin: User;
  signedIn: (wishes: Wishes, user?: User) => Promise<Person>;
}

/** `own`: a host that may be killed, or filled with what others must not find. */
interface Needs {
  mail?: boolean;
  own?: boolean;
}

/** What a file of tests stands on; filled in before its first test. */
export function suite(name: string, wishes: Needs = {}): Suite {
  const held = {} as Suite;
  beforeAll(async () => {
    const shared = inject("shared");
    held.host = wishes.own ? await Host.start(name) : Host.at(shared);
    held.browser = await Browser.start();
    held.admin = wishes.own ? await held.host.user("Vera Admin") : shared.admin;
    held.signedIn = (wished, user = held.admin) => held.browser.signedIn(held.host, user, wished);
    if (!wishes.mail) return;
    held.mail = await MailServer.start();
    const server = await held.host.api.find("/mail-servers", "name", "demo");
    await held.host.api.patch(`/mail-servers/${String(server.id)}`, { port: held.mail.line.port });
  });
  afterAll(async () => {
    await held.browser?.end();
    await held.host?.end();
    await held.mail?.end();
  });
  return held;
}

/** One step of a journey: its time is printed, and where it fails there is a picture. */
export async function step<T>(person: Person, name: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    const done = await work();
    console.log(`    ${name} (${person.language}): ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    return done;
  } catch (error) {
    const picture = join(reports("failed"), `${name.replace(/\W+/g, "-")}.${person.language}.png`);
    await person.page.screenshot({ path: picture }).catch(() => undefined);
    console.log(`    ${name} (${person.language}) failed at ${person.page.url()}; seen in ${picture}`);
    for (const found of person.guard.found) console.log(`      ${found}`);
    throw error;
  }
}
