/** What a browser fetches before it shows something, and how heavy each file of the console is. */
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Person } from "../harness/person";
import { places, reports } from "../harness/places";
import { step, suite } from "../harness/suite";

const held = suite("bundle");
/** Of the first thing that anybody is shown; what later pages add is in the table. */
const FIRST_LOAD_MAX = 120_000;
/** Of a list, for somebody who is signed in and has nothing in the cache. */
const PAGE_MAX = 600_000;

/** Bytes over the line until a page is settled, by kind; nothing is in the cache. */
async function weigh(person: Person, path: string): Promise<{ files: number; bytes: number }> {
  const session = await person.page.context().newCDPSession(person.page);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  const own = new Set<string>();
  let bytes = 0;
  session.on("Network.requestWillBeSent", ({ requestId, request }) => new URL(request.url).pathname.startsWith("/console") && own.add(requestId));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => own.has(requestId) && (bytes += encodedDataLength));
  await person.open(path);
  await person.settled();
  await session.detach();
  return { files: own.size, bytes };
}

test("the first load is light, heavy parts come when they are needed", async () => {
  const guest = await held.browser.person(held.host, { language: "en" });
  const first = await step(guest, "sign-in", () => weigh(guest, "/sign-in"));
  await guest.leaves();
  const person = await held.signedIn({ language: "en" });
  const lists = await step(person, "campaigns", () => weigh(person, "/campaigns"));
  const home = await step(person, "home, with its charts", () => weigh(person, "/"));
  await person.leaves();
  const size = (file: string) => (existsSync(file) ? String(statSync(file).size) : "—");
  const assets = join(places.dist, "assets");
  const files = existsSync(assets) ? readdirSync(assets).filter((name) => /\.(js|css)$/.test(name)) : [];
  files.sort((a, b) => statSync(join(assets, b)).size - statSync(join(assets, a)).size);
  const line = (name: string, one: { files: number; bytes: number }) => `| ${name} | ${String(one.files)} | ${String(one.bytes)} |`;
  const text = [
    "# What the console weighs",
    "\n| first load of | files | bytes over the line |\n| --- | ---: | ---: |",
    ...[line("sign-in", first), line("campaigns", lists), line("home", home)],
    "\n| file | bytes | gzip | Brotli |\n| --- | ---: | ---: | ---: |",
    ...files.map((name) => `| ${name} | ${size(join(assets, name))} | ${size(join(assets, `${name}.gz`))} | ${size(join(assets, `${name}.br`))} |`),
  ].join("\n");
  writeFileSync(join(reports(), "bundle.md"), `${text}\n`);
  console.log(`      sign-in ${String(first.bytes)}, campaigns ${String(lists.bytes)}, home ${String(home.bytes)} bytes`);
  expect(first.bytes).toBeGreaterThan(10_000);
  expect(first.bytes).toBeLessThanOrEqual(FIRST_LOAD_MAX);
  expect(lists.bytes).toBeLessThanOrEqual(PAGE_MAX);
});
