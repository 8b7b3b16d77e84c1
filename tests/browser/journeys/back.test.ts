/** The browser's own way back in each wizard, and names as long and odd as people have them: nothing is lost, nothing breaks. */
import { describe, expect, test } from "vitest";
import { remade } from "../harness/plugin";
import type { Person } from "../harness/person";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("back");
/** As wide as a laptop's half; nothing may be cut or pushed out there. */
const NARROW = { width: 1_024, height: 768 };

/** By how much the page is wider than its window. */
const over = (person: Person) => person.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.each(LANGUAGES)("in %s", (language) => {
  test("back and forward in the first steps, with what was typed", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    const host = `mail.${language.toLowerCase()}.example.com`;
    await person.open("/start/channel");
    await person.fill("start.server.host", host);
    await step(person, "on and back again, what was typed stands there", async () => {
      await person.press("form.next");
      await person.at("/start/test");
      await page.goBack();
      await person.at("/start/channel");
      await expect.poll(() => person.field("start.server.host").inputValue()).toBe(host);
    });
    await step(person, "a reload loses nothing either", async () => {
      await page.reload();
      await expect.poll(() => person.field("start.server.host").inputValue()).toBe(host);
      await page.goForward();
      await person.at("/start/test");
    });
    await person.leaves();
  });

  test("back and forward while a plugin is installed", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    await person.open("/plugins/install");
    const file = remade("connector-webhook", "rialto:manifest", (text) => text.replace("rialto/connector-webhook", `acme/back-${language.toLowerCase()}`));
    await person.hands(page.getByText(person.t("plugin.drop")), "hook.wasm", "application/wasm", file);
    await person.press("install.take");
    await person.at(/^\/plugins\/install\?package=/);
    await step(person, "back step by step to the choice of a file, forward to what was taken", async () => {
      await person.field("plugin.name").waitFor();
      await page.goBack();
      await person.sees(person.t("install.nothingStored"));
      await page.goBack();
      await page.getByText(person.t("plugin.drop")).waitFor();
      await page.goForward();
      await person.sees(person.t("install.nothingStored"));
      await page.goForward();
      await person.at(/^\/plugins\/install\?package=/);
      await person.field("plugin.name").waitFor();
    });
    await person.leaves();
  });

  test("back from a form that is not saved asks first, and staying keeps it", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    const name = `شتاء ❄️ ${"很长的名称 ".repeat(8)}${language}`;
    await person.open("/campaigns");
    await person.link("campaign.new").first().click();
    await person.at("/campaigns/new");
    await person.fill("campaign.name", name);
    await step(person, "it asks, and one stays", async () => {
      await page.goBack();
      await person.dialog().getByText(person.t("form.leaveWhat")).waitFor();
      await person.dialog().getByRole("button", { name: person.t("form.stay") }).click();
      await person.at("/campaigns/new");
      expect(await person.field("campaign.name").inputValue()).toBe(name);
    });
    await step(person, "too long a name is told at its field", async () => {
      await person.fill("campaign.name", "长".repeat(150));
      await person.press("form.create");
      await page.locator(".ant-form-item-explain-error").first().waitFor();
      await person.at("/campaigns/new");
    });
    await step(person, "a long one is shown whole, and nothing is pushed out", async () => {
      await page.setViewportSize(NARROW);
      await person.fill("campaign.name", name);
      await person.press("form.create");
      await person.at(/^\/campaigns\/[0-9a-f-]{36}\?tab=brief$/);
      await person.settled();
      expect(await over(person)).toBeLessThanOrEqual(0);
      await person.open("/campaigns");
      await person.table("area.campaigns").getByText(name.trim()).waitFor();
      expect(await over(person)).toBeLessThanOrEqual(0);
    });
    await step(person, "one word of two hundred letters, too, as a creative's name", async () => {
      const word = `${language.toUpperCase().replace("-", "")}${"W".repeat(180)}`;
      await person.open("/creative/library/new");
      await person.fill("creative.field.title", word);
      await person.press("form.create");
      await person.at(/^\/creative\/library\/[0-9a-f-]{36}/);
      await person.settled();
      expect(await over(person)).toBeLessThanOrEqual(0);
      await person.open("/creative/library?kind=asset");
      await page.getByText(word).first().waitFor();
      expect(await over(person)).toBeLessThanOrEqual(0);
    });
    await person.leaves();
  });
});
