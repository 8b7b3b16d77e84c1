/** What a campaign of the past brought: models side by side, what it changed, the report and the lesson. */
import { expect } from "vitest";
import type { Json } from "../harness/api";
import type { Person } from "../harness/person";
import { step } from "../harness/suite";
import type { Language } from "../harness/words";

/** The retailer's eighteenth campaign, by its code. */
export const PAST = "cj-18";
const MODELS = ["first", "linear", "markov"] as const;

const past = (person: Person): Promise<Json> => person.host.api.find("/campaigns", "code", PAST);

/** The review of the campaign. */
async function review(person: Person, campaign: Json): Promise<void> {
  await person.open(`/campaigns/${String(campaign.id)}?tab=review`);
  await person.heading(String(campaign.name)).waitFor();
}

export async function modelled(person: Person): Promise<void> {
  const { page, words } = person;
  const { api } = person.host;
  await step(person, "7:30 models side by side on the very same paths", async () => {
    await person.open("/measure/attribution");
    for (const model of MODELS) {
      const box = page.getByRole("checkbox", { name: person.t("attribution.chooseOne", { model }), exact: true });
      await box.click();
      await expect.poll(() => box.isChecked()).toBe(true);
    }
    await person.link("attribution.compare", { n: MODELS.length }).click();
    await person.at(/^\/measure\/attribution\/compare\?runs=/);
    await person.sees(person.t("attribution.samePaths"));
    await page.getByRole("figure", { name: person.t("chart.of", { title: person.t("attribution.sideBySide") }) }).waitFor();
    const runs = new URL(page.url()).searchParams.get("runs") ?? "";
    const compared = await api.get(`/attribution-runs/compare?runs=${encodeURIComponent(runs)}`);
    const shares = person.table("attribution.shares");
    for (const model of MODELS) await shares.getByRole("columnheader", { name: person.t(`attribution.model.${model}`) }).waitFor();
    for (const channel of compared.channels as { channel: string; spread: number }[]) {
      await shares.getByRole("row", { name: channel.channel }).getByText(words.f.percent(channel.spread), { exact: true }).first().waitFor();
    }
  });
}

export async function lifted(person: Person): Promise<void> {
  const { page, words, language } = person;
  const campaign = await past(person);
  const run = await person.host.api.find("/lift-runs", "campaign", String(campaign.id));
  const { naive, matched, sentence } = run.result;
  await step(person, "what the campaign changed, in one sentence", async () => {
    await review(person, campaign);
    await person.sees(String(sentence[language]));
    await person.link("review.liftOpen", { at: words.f.time(run.created_at as string) }).first().click();
    await person.at(`/measure/lift/${String(run.id)}`);
    await person.sees(String(sentence[language]));
  });
  await step(person, "the ratio as it stands, the same before, and the change with its interval", async () => {
    for (const ratio of [naive.ratio, naive.ratio_before] as number[]) await person.sees(person.t("lift.times", { ratio: words.f.number(ratio) }));
    await person.sees(person.t("lift.againstMatched"));
    const [estimate, low, high] = [matched.change.estimate, matched.change.low, matched.change.high].map((one: number) => `${one > 0 ? "+" : ""}${words.f.percent(one)}`);
    await page.getByText(person.t("lift.interval", { estimate: estimate ?? "", low: low ?? "", high: high ?? "" }), { exact: true }).first().waitFor();
  });
}

/** The page shows this report: in its frame, in its language, with a receipt that holds. */
async function holds(person: Person, locale: Language): Promise<string> {
  const { page } = person;
  const frame = page.frameLocator("iframe");
  await frame.locator(`html[lang="${locale}"]`).waitFor();
  await frame.getByRole("heading", { level: 1 }).first().waitFor();
  await person.press("receipt.verify");
  await person.sees(person.t("receipt.same"));
  return page.url();
}

export async function reported(person: Person): Promise<void> {
  const { page, language } = person;
  const { api } = person.host;
  const campaign = await past(person);
  const plugin = await api.find("/installations", "name", "report-campaign");
  const first = await step(person, "9:00 the report is written, and its receipt holds", async () => {
    await review(person, campaign);
    await person.link("review.report").click();
    await person.at(/^\/measure\/reports\/new/);
    await person.choose(person.field("report.which"), String(plugin.active.described.report[language].title));
    await person.press("report.start");
    await person.at(/^\/measure\/reports\/[0-9a-f-]{36}$/);
    return holds(person, language);
  });
  await step(person, "the same in the other language", async () => {
    const other: Language = language === "en" ? "zh-CN" : "en";
    await person.press(other === "en" ? "report.inEnglish" : "report.inChinese");
    await page.waitForURL((url) => url.href !== first);
    await holds(person, other);
  });
}

export async function learned(person: Person): Promise<void> {
  const { page, language } = person;
  const { api } = person.host;
  const campaign = await past(person);
  const lesson = await step(person, "9:30 a lesson is drafted from the numbers", async () => {
    await review(person, campaign);
    await person.press("review.draftLesson");
    await person.at(/^\/measure\/lessons\/[0-9a-f-]{36}$/);
    const drafted = await api.get(`/lessons/${new URL(page.url()).pathname.split("/").at(-1) ?? ""}`);
    await person.heading(String(drafted.texts[language].title)).waitFor();
    await person.table("lesson.figures").getByRole("row").nth(1).waitFor();
    return drafted;
  });
  await step(person, "kept, and offered to the next plan with its reasons", async () => {
    await person.press("lesson.keep");
    await person.sees(person.t("lesson.kept"));
    const next = await api.find("/campaigns", "code", "demo-next");
    const offered = (await api.get(`/campaigns/${String(next.id)}/lessons`)).items as Json[];
    expect(offered.find((one) => one.lesson.id === lesson.id)?.reasons.length).toBeGreaterThan(0);
    await person.open(`/campaigns/${String(next.id)}?tab=review`);
    await person.sees(person.t("review.fitLead"));
    await page.getByRole("link", { name: String(lesson.texts[language].title), exact: true }).first().waitFor();
  });
}
