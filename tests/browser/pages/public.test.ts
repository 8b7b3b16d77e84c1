/** What a recipient sees behind a link of a mail: without script, on a small phone, in both languages. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { axe, grave } from "../harness/axe";
import { unsubscribeLink } from "../harness/letters";
import { reports } from "../harness/places";
import { suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("public", { mail: true });
const PHONE = { width: 360, height: 740 };
const lines: string[] = [];
/** The words of the host's own page. */
const WORDS = {
  en: { asks: "Unsubscribe?", button: "Unsubscribe", done: "You are unsubscribed.", unknown: "This link does not work." },
  "zh-CN": { asks: "确认退订?", button: "确认退订", done: "您已退订。", unknown: "此链接无效。" },
};

describe.each(LANGUAGES)("in %s", (language) => {
  const words = WORDS[language];
  let link: string;

  test("somebody leaves without script, and a wrong link says so", async () => {
    link = await unsubscribeLink(held, language);
    const context = await held.browser.context({ language, bare: true, ...PHONE });
    const page = await context.newPage();
    await page.goto(link);
    await page.getByRole("heading", { name: words.asks }).waitFor();
    await page.getByRole("button", { name: words.button, exact: true }).click();
    await page.getByRole("heading", { name: words.done }).waitFor();
    await page.goto(`${held.host.base}/u/nothing`);
    await page.getByRole("heading", { name: words.unknown }).waitFor();
    await context.close();
    const contact = (await held.host.api.get(`/contacts?q=letters-${language.toLowerCase()}@example.com`)).items[0];
    const { consents } = await held.host.api.get(`/contacts/${String(contact.id)}/profile`);
    const offers = (consents as { topic: string; state: string }[]).find((one) => one.topic === "offers");
    expect(offers?.state).toBe("withdrawn");
  });

  test.each([false, true])("axe finds nothing grave, nothing is too wide (dark: %s)", async (dark) => {
    const context = await held.browser.context({ language, dark, ...PHONE });
    const page = await context.newPage();
    for (const [name, path] of Object.entries({ asks: link, unknown: `${held.host.base}/u/nothing` })) {
      await page.goto(path);
      await page.screenshot({ path: join(reports("shots"), `public-${name}.${language}.${dark ? "dark" : "light"}.png`), fullPage: true });
      const found = await axe(page);
      lines.push(`| unsubscribe: ${name} | ${language} | ${dark ? "dark" : "light"} | ${found.map((one) => `${one.id} (${one.impact})`).join(", ") || "—"} |`);
      expect(found.filter(grave)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
      expect(await page.locator("html").getAttribute("lang")).toBe(language);
    }
    await context.close();
    writeFileSync(join(reports(), "axe-public.md"), `# axe-core on the public pages at 360 px\n\n| page | language | theme | rules |\n| --- | --- | --- | --- |\n${lines.join("\n")}\n`);
  });
});
