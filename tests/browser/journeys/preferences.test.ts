/** Language and theme are changed anywhere without losing one's place; links and "back" lead where one was. */
import { describe, expect, test } from "vitest";
import { step, suite } from "../harness/suite";
import { LANGUAGES, wordsIn } from "../harness/words";

const held = suite("preferences");
const NAMES = { en: "English", "zh-CN": "简体中文" };

describe.each(LANGUAGES)("in %s", (language) => {
  const other = language === "en" ? "zh-CN" : "en";

  test("language and theme change under what one is typing", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    const typed = `Half a name, ${language}`;
    await person.open("/campaigns/new");
    await person.fill("campaign.name", typed);
    await step(person, "the other language, at the same place", async () => {
      await person.press("language.label");
      await page.getByRole("menuitem", { name: NAMES[other] }).click();
      const { t } = wordsIn(other);
      await person.heading(t("campaign.new")).waitFor();
      expect(await page.getByLabel(t("campaign.name"), { exact: true }).inputValue()).toBe(typed);
      expect(await page.locator("html").getAttribute("lang")).toBe(other);
      await page.getByRole("button", { name: t("language.label") }).click();
      await page.getByRole("menuitem", { name: NAMES[language] }).click();
      await person.heading(person.t("campaign.new")).waitFor();
    });
    await step(person, "dark, at the same place, and after a reload", async () => {
      await person.press("theme.label");
      await page.getByRole("menuitem", { name: person.t("theme.dark") }).click();
      await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
      expect(await person.field("campaign.name").inputValue()).toBe(typed);
    });
    await step(person, "leaving asks first, and staying keeps the words", async () => {
      await page.getByRole("navigation", { name: person.t("app.menu") }).getByRole("link", { name: person.t("area.plugins") }).click();
      await person.sees(person.t("form.leave"));
      await person.confirm("form.stay");
      await person.dialog().waitFor({ state: "hidden" });
      expect(await person.field("campaign.name").inputValue()).toBe(typed);
    });
    await person.leaves();
  });

  test("a link holds filter, tab and page; back and forward go through them", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    const campaign = await held.host.api.find("/campaigns", "code", "demo-coupons");
    await step(person, "filters go into the address", async () => {
      await person.open("/campaigns");
      await person.choose(page.getByRole("combobox", { name: person.t("campaign.state") }), person.t("campaign.state.finished"));
      await person.at("/campaigns?state=finished");
      await page.getByRole("link", { name: String(campaign.name), exact: true }).click();
      await person.tab("campaign.tab.people").click();
      await person.at(`/campaigns/${String(campaign.id)}?tab=people`);
      await person.choose(page.getByRole("combobox", { name: person.t("campaign.reason") }), person.t("send.reason.held_out"));
      await person.at(`/campaigns/${String(campaign.id)}?tab=people&reason=held_out`);
    });
    await step(person, "back, step by step", async () => {
      await page.goBack();
      await person.at(`/campaigns/${String(campaign.id)}?tab=people`);
      await page.goBack();
      await person.at(`/campaigns/${String(campaign.id)}`);
      await page.goBack();
      await person.at("/campaigns?state=finished");
      await page.getByRole("row").filter({ hasText: String(campaign.code) }).waitFor();
      await page.goForward();
      await person.heading(String(campaign.name)).waitFor();
    });
    await step(person, "the same link in another tab", async () => {
      const [tab] = await Promise.all([page.context().waitForEvent("page"), page.evaluate((url) => void window.open(url), `/console/campaigns/${String(campaign.id)}?tab=people&reason=held_out`)]);
      await tab.getByRole("region", { name: person.t("campaign.tab.people") }).getByText(person.t("send.reason.held_out")).first().waitFor();
      await tab.close();
    });
    await step(person, "an address that leads nowhere says so", async () => {
      await person.open("/no/such/page");
      await person.sees(person.t("error.notFound"));
      await person.open("/campaigns/00000000-0000-7000-8000-000000000000");
      await page.getByRole("alert").first().waitFor();
    });
    await person.leaves();
  });
});
