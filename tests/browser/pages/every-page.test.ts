/**
 * Every page in English by day and in 简体中文 by night: axe, and room at 1,024 px.
 * `RIALTO_PICTURES=1` looks at each in the other theme, too (contrast is all that
 * changes), and takes a picture of what it sees.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { axe, grave, type Finding } from "../harness/axe";
import type { Person } from "../harness/person";
import { reports } from "../harness/places";
import { suite } from "../harness/suite";
import { LANGUAGES, type Language } from "../harness/words";
import { PLACES, type Place } from "./list";
import { things, type Things } from "./things";

const held = suite("every-page");
const PICTURES = process.env.RIALTO_PICTURES === "1";
const WIDE = { width: 1_280, height: 900 };
const NARROW = { width: 1_024, height: 800 };
/** How many tabs go through the list beside each other: as many as a small machine has processors. */
const TABS = 2;
const IMPACTS = ["critical", "serious", "moderate", "minor"];
type Theme = "light" | "dark";
const THEMES: Record<Language, [Theme, Theme]> = { en: ["light", "dark"], "zh-CN": ["dark", "light"] };
const rows: string[] = [];
let known: Things;

beforeAll(async () => {
  known = await things(held.host.api);
});

/** After each page: a run that is stopped has told what it saw. */
function tell(place: Place, language: Language, theme: Theme, found: Finding[]) {
  const counts = IMPACTS.map((impact) => String(found.filter((one) => one.impact === impact).length));
  rows.push(`| ${place.name} | ${language} | ${theme} | ${counts.join(" | ")} | ${found.map((one) => one.id).join(", ") || "—"} |`);
  const head = `| page | language | theme | ${IMPACTS.join(" | ")} | rules |\n| --- | --- | --- | ${IMPACTS.map(() => "---:").join(" | ")} | --- |\n`;
  writeFileSync(join(reports(), "axe.md"), `# axe-core on every page\n\n${head}${rows.join("\n")}\n`);
}

/** The page in a theme: what axe finds, by all rules or by these. */
async function looked(place: Place, who: Person, theme: Theme, rules?: string[]): Promise<string[]> {
  const { page, language } = who;
  await page.emulateMedia({ colorScheme: theme });
  await who.settled();
  if (PICTURES) await page.screenshot({ path: join(reports("shots"), `${place.name}.${language}.${theme}.png`), fullPage: true });
  const found = await axe(page, rules);
  tell(place, language, theme, found);
  return found.filter(grave).map((one) => `${one.id} (${one.impact}, ${theme}): ${one.help}: ${one.nodes.join("; ")}`);
}

/** What is wrong with the page that stands. */
async function wrongs(place: Place, who: Person): Promise<string[]> {
  const { page, language } = who;
  const [theme, other] = THEMES[language];
  const found = await looked(place, who, theme);
  if (PICTURES) found.push(...(await looked(place, who, other, ["color-contrast"])));
  await page.setViewportSize(NARROW);
  await who.settled();
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (PICTURES) await page.screenshot({ path: join(reports("shots"), `${place.name}.${language}.narrow.png`), fullPage: true });
  await page.setViewportSize(WIDE);
  return over > 0 ? [...found, `${String(over)} px too wide at ${String(NARROW.width)} px`] : found;
}

describe.each(LANGUAGES)("in %s", (language) => {
  test("every page", async () => {
    const wrong: string[] = [];
    const through = async (who: Person, places: Place[]) => {
      for (let place = places.shift(); place; place = places.shift()) {
        const { name, open } = place;
        const path = place.path(known);
        const say = (error: unknown) => void wrong.push(`${name}: ${String(error)}`);
        // One page that never comes, or cannot be left, hides none of the others.
        await (open ? who.open(path) : who.goes(path).catch((error: unknown) => (say(error), who.open(path))));
        for (const one of await wrongs(place, who).catch((error: unknown) => [error])) say(one);
      }
      await who.leaves();
    };
    const guest = await held.browser.person(held.host, { language });
    await through(guest, PLACES.filter((one) => one.open));
    const places = PLACES.filter((one) => !one.open);
    const tabs = Array.from({ length: TABS }, async () => {
      const person = await held.signedIn({ language });
      await person.open("/");
      await through(person, places);
    });
    await Promise.all(tabs);
    expect(wrong).toEqual([]);
  });
});
