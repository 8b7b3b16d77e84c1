/** What a recommender would have advised the day before a campaign of the past, and how good that was. */
import { expect } from "vitest";
import type { Person } from "../harness/person";
import { step } from "../harness/suite";
import { PAST } from "./past";

const OBJECTIVE = "redeem-coupons";
/** The campaign began at midnight. */
const EVE = "2017-10-29 23:59";

export async function advised(person: Person): Promise<void> {
  const { page, words, language } = person;
  const { api } = person.host;
  const campaign = await api.find("/campaigns", "code", PAST);
  const id = await step(person, "3:30 a recommender is asked as of the day before a campaign", async () => {
    await person.open("/creative/recommendations");
    await person.link("recommend.new").first().click();
    await person.at(/^\/creative\/recommendations\/new/);
    await person.choose(person.field("recommend.by"), "recommender-playbook");
    await person.fill("recommend.at", EVE);
    await person.field("recommend.at").press("Enter");
    await person.fill("recommend.objective", OBJECTIVE);
    await person.field("creative.campaign").fill(String(campaign.name));
    await page.getByTitle(String(campaign.name), { exact: true }).locator("visible=true").last().click();
    await person.press("recommend.ask");
    await person.at(/^\/creative\/recommendations\/[0-9a-f-]{36}$/);
    return new URL(page.url()).pathname.split("/").at(-1) ?? "";
  });
  await step(person, "whom to write to first, and why, in the reader's language", async () => {
    const ranking = await api.get(`/recommendations/${id}`);
    const [best] = ranking.items;
    expect(Date.parse(ranking.brief.at as string)).toBeLessThan(Date.parse(campaign.starts_at as string));
    expect(ranking.brief.locale).toBe(language);
    expect(ranking.ranked).toBeGreaterThan(1_000);
    const row = person.table("recommend.ranking").getByRole("row").filter({ hasText: String(best.name) }).first();
    await row.getByText(String(best.reasons[0].text), { exact: true }).waitFor();
    await row.getByRole("button", { name: person.t("recommend.allReasons", { n: best.reasons.length }) }).click();
    for (const reason of best.reasons as { text: string }[]) await person.dialog().getByText(reason.text, { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await person.dialog().waitFor({ state: "hidden" });
  });
  await step(person, "held against who really redeemed: the gains, beside past spend, in a sentence", async () => {
    const gains = await api.get(`/campaigns/${String(campaign.id)}/gains?recommendation=${id}`);
    expect(gains.state).toBe("known");
    await person.tab("recommend.tab.gains").click();
    await person.sees(String(gains.sentence[language]));
    await page.getByRole("figure", { name: person.t("chart.of", { title: person.t("gains.title") }) }).waitFor();
    const rankings = person.table("gains.ranking");
    for (const one of gains.rankings as { by: "recommendation" | "spend"; gini: number }[]) {
      await rankings.getByRole("row", { name: person.t(`gains.by.${one.by}`) }).getByText(words.f.number(one.gini), { exact: true }).waitFor();
    }
  });
}
