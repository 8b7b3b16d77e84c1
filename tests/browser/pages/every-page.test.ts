/** Every page in both languages and both themes: axe, a picture, and room at 1,024 px. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { axe, grave, type Finding } from "../harness/axe";
import type { Person } from "../harness/person";
import { reports } from "../harness/places";
import { suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";
import { PLACES, type Place } from "./list";
import { things, type Things } from "./things";

const held = suite("every-page");
const WIDE = 1_280;
const NARROW = 1_024;
const IMPACTS = ["critical", "serious", "moderate", "minor"];
const rows: string[] = [];
let known: Things;

beforeAll(async () => {
  known = await things(held.host.api);
});

/** After each page: a run that is stopped has told what it saw. */
function told() {
  const head = `| page | language | theme | ${IMPACTS.join(" | ")} | rules |\n| --- | --- | --- | ${IMPACTS.map(() => "---:").join(" | ")} | --- |\n`;
  writeFileSync(join(reports(), "axe.md"), `# axe-core on every page\n\n${head}${rows.join("\n")}\n`);
}

function row(place: string, person: Person, theme: string, found: Finding[]): string {
  const counts = IMPACTS.map((impact) => String(found.filter((one) => one.impact === impact).length));
  return `| ${place} | ${person.language} | ${theme} | ${counts.join(" | ")} | ${found.map((one) => one.id).join(", ") || "—"} |`;
}

/** What is wrong with a page. */
async function look(place: Place, who: Person, theme: string): Promise<string[]> {
  const { page, language } = who;
  await page.setViewportSize({ width: WIDE, height: 900 });
  await who.open(place.path(known));
  await who.settled();
  await page.screenshot({ path: join(reports("shots"), `${place.name}.${language}.${theme}.png`), fullPage: true });
  const found = await axe(page);
  rows.push(row(place.name, who, theme, found));
  told();
  await page.setViewportSize({ width: NARROW, height: 800 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const wide = over > 0 ? [`${String(over)} px too wide at ${String(NARROW)} px`] : [];
  return [...found.filter(grave).map((one) => `${one.id} (${one.impact}): ${one.help}: ${one.nodes.join("; ")}`), ...wide];
}

describe.each(LANGUAGES.flatMap((language) => [false, true].map((dark) => ({ language, dark, theme: dark ? "dark" : "light" }))))("in $language, $theme", ({ language, dark, theme }) => {
  test("every page", async () => {
    const guest = await held.browser.person(held.host, { language, dark });
    const person = await held.signedIn({ language, dark });
    const wrong: string[] = [];
    for (const place of PLACES) {
      // One page that never comes hides none of the others.
      const found = await look(place, place.open ? guest : person, theme).catch((error: unknown) => [String(error)]);
      wrong.push(...found.map((one) => `${place.name}: ${one}`));
    }
    await guest.leaves();
    await person.leaves();
    expect(wrong).toEqual([]);
  });
});
