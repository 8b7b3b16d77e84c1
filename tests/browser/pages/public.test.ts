/** What a recipient sees behind the links of a mail: without script, on a small phone, in both languages. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axe, grave } from "../harness/axe";
import { letter, type Links } from "../harness/letters";
import { reports } from "../harness/places";
import { suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("public", { mail: true });
const PHONE = { width: 360, height: 740 };
const lines: string[] = [];
/** The words of the host's own pages. */
const WORDS = {
  en: {
    asks: "Unsubscribe?",
    button: "Unsubscribe",
    done: "You are unsubscribed.",
    back: "Take it back, or choose what you get",
    unknown: "This link does not work.",
    choose: "What you get from us",
    save: "Save",
    saved: "Your choices are saved.",
    all: "Unsubscribe from everything",
    left: "You are unsubscribed from everything. Tick and save to get something again.",
    other: "简体中文",
    chooseOther: "订阅偏好中心",
  },
  "zh-CN": {
    asks: "确认退订？",
    button: "确认退订",
    done: "您已退订。",
    back: "撤销退订或选择接收内容",
    unknown: "此链接无效。",
    choose: "订阅偏好中心",
    save: "保存",
    saved: "您的选择已保存。",
    all: "退订全部内容",
    left: "您已退订全部内容。如需重新接收，请勾选并保存。",
    other: "English",
    chooseOther: "What you get from us",
  },
};

afterAll(() => {
  writeFileSync(join(reports(), "axe-public.md"), `# axe-core on the public pages at 360 px\n\n| page | language | theme | rules |\n| --- | --- | --- | --- |\n${lines.join("\n")}\n`);
});

describe.each(LANGUAGES)("in %s", (language) => {
  const words = WORDS[language];
  let links: Links;

  beforeAll(async () => {
    links = await letter(held, language);
  });

  async function state(topic: string): Promise<string | undefined> {
    const contact = (await held.host.api.get(`/contacts?q=${links.email}`)).items[0];
    const { consents } = await held.host.api.get(`/contacts/${String(contact.id)}/profile`);
    return (consents as { topic: string; state: string }[]).find((one) => one.topic === topic)?.state;
  }

  /** A page without script. */
  async function bare(): Promise<Page> {
    const context = await held.browser.context({ language, bare: true, ...PHONE });
    return context.newPage();
  }

  test("somebody leaves without script, and a wrong link says so", async () => {
    const page = await bare();
    await page.goto(links.leave);
    await page.getByRole("heading", { name: words.asks }).waitFor();
    await page.getByRole("button", { name: words.button, exact: true }).click();
    await page.getByRole("heading", { name: words.done }).waitFor();
    expect(await state("offers")).toBe("withdrawn");
    await page.getByRole("link", { name: words.back }).click();
    await page.getByRole("heading", { name: words.choose }).waitFor();
    for (const path of ["u", "p", "v"]) {
      await page.goto(`${held.host.base}/${path}/nothing`);
      await page.getByRole("heading", { name: words.unknown }).waitFor();
    }
    await page.context().close();
  });

  test("choices are made by keyboard, kept, left in one step and taken back", async () => {
    const page = await bare();
    await page.goto(links.choose);
    await page.getByText("l***@example.com").waitFor();
    const box = page.getByRole("checkbox", { name: "Offers and coupons" });
    await box.focus();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: words.save, exact: true }).press("Enter");
    await page.getByRole("status").getByText(words.saved).waitFor();
    expect(await box.isChecked()).toBe(true);
    expect(await state("offers")).toBe("granted");
    await page.getByRole("button", { name: words.all }).click();
    await page.getByRole("status").getByText(words.left).waitFor();
    expect(await box.isChecked()).toBe(false);
    expect(await state("*")).toBe("withdrawn");
    await page.getByRole("link", { name: words.other }).click();
    await page.getByRole("heading", { name: words.chooseOther }).waitFor();
    await page.context().close();
  });

  test("the message is shown, and its links lead on", async () => {
    const page = await bare();
    const answer = await page.goto(links.view);
    expect(answer?.headers()["content-security-policy"]).toContain("sandbox");
    await page.getByText(`Letters for ${links.name}`).waitFor();
    expect(await page.title()).toBe("Letters");
    await page.screenshot({ path: join(reports("shots"), `public-view.${language}.png`), fullPage: true });
    await page.getByRole("link", { name: "Choose", exact: true }).click();
    await page.getByRole("heading", { name: words.choose }).waitFor();
    await page.context().close();
  });

  test.each([false, true])("axe finds nothing grave, nothing is too wide (dark: %s)", async (dark) => {
    const context = await held.browser.context({ language, dark, ...PHONE });
    const page = await context.newPage();
    const look = async (name: string) => {
      const found = await axe(page);
      lines.push(`| ${name} | ${language} | ${dark ? "dark" : "light"} | ${found.map((one) => `${one.id} (${one.impact})`).join(", ") || "—"} |`);
      expect(found.filter(grave), name).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(PHONE.width);
    };
    for (const [name, path] of Object.entries({ asks: links.leave, unknown: `${held.host.base}/u/nothing`, preferences: links.choose })) {
      await page.goto(path);
      await page.screenshot({ path: join(reports("shots"), `public-${name}.${language}.${dark ? "dark" : "light"}.png`), fullPage: true });
      expect(await page.locator("html").getAttribute("lang")).toBe(language);
      await look(name);
    }
    // Its policy cages the message so that even the debugger may not run axe in it: the same HTML stands in for it.
    const view = await context.request.get(links.view);
    expect(view.status()).toBe(200);
    await page.goto("about:blank");
    await page.setContent(await view.text());
    await look("view");
    await context.close();
  });
});
