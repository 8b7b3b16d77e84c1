/** Lighthouse on what is seen before sign-in. Its figures depend on the machine: they are written down, not asserted. */
import lighthouse, { desktopConfig } from "lighthouse";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium as program } from "playwright-core";
import { expect, test } from "vitest";
import { letter } from "../harness/letters";
import { chromium, reports } from "../harness/places";
import { freePort } from "../harness/process";
import { suite } from "../harness/suite";

const held = suite("lighthouse", { mail: true });
const KINDS = ["performance", "accessibility", "best-practices"];
/** What the console's sign-in and every public page are to reach. */
const WISHED = 95;

test("sign-in and the public pages", async () => {
  const { choose } = await letter(held, "en");
  const port = await freePort();
  const browser = await program.launch({ executablePath: chromium(), args: ["--no-sandbox", `--remote-debugging-port=${String(port)}`] });
  const pages = [
    { name: "sign-in, desktop", path: "/console/sign-in", config: desktopConfig },
    { name: "sign-in, phone", path: "/console/sign-in", config: undefined },
    { name: "unsubscribe, phone", path: "/u/nothing", config: undefined },
    { name: "preference centre, phone", path: new URL(choose).pathname, config: undefined },
  ];
  const lines: string[] = [];
  const low: string[] = [];
  for (const { name, path, config } of pages) {
    // A link that leads nowhere answers 404, on the same page as any other.
    const flags = { port, onlyCategories: KINDS, output: "json" as const, logLevel: "error" as const, ignoreStatusCode: true };
    const ran = await lighthouse(`${held.host.base}${path}`, flags, config);
    if (!ran) throw new Error(`Lighthouse says nothing of ${path}`);
    const score = (kind: string) => Math.round(100 * (ran.lhr.categories[kind]?.score ?? 0));
    const audit = (id: string) => ran.lhr.audits[id]?.displayValue ?? "—";
    lines.push(`| ${name} | ${KINDS.map((kind) => `${String(score(kind))}${score(kind) < WISHED ? " ✗" : ""}`).join(" | ")} | ${audit("first-contentful-paint")} | ${audit("largest-contentful-paint")} | ${audit("total-blocking-time")} |`);
    if (score("accessibility") < WISHED) low.push(name);
  }
  await browser.close();
  const head = `| page | ${KINDS.join(" | ")} | first paint | largest paint | blocked |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |`;
  const text = `# Lighthouse\n\n${head}\n${lines.join("\n")}\n`;
  writeFileSync(join(reports(), "lighthouse.md"), text);
  console.log(text);
  expect(low).toEqual([]);
});
