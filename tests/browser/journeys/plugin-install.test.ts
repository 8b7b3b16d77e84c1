/** A plugin from a file: a broken one is refused in words, a good one shows what it can do before it serves. */
import { describe, expect, test } from "vitest";
import { plugin, remade } from "../harness/plugin";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("plugin-install");
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/** The plugin's own words for its settings. */
const SETTINGS = { en: { endpoint: "Endpoint", secret: "Signing secret" }, "zh-CN": { endpoint: "接口地址", secret: "签名密钥" } };

describe.each(LANGUAGES)("in %s", (language) => {
  test("broken files are refused, the page stays, and a good one is installed and switched off and on", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    const drop = page.getByText(person.t("plugin.drop"));
    await person.open("/plugins");
    await person.link("plugin.install").click();
    for (const [what, content] of Object.entries({ "no wasm at all": "GIF89a", "half a file": plugin("report-campaign").subarray(0, 200_000) })) {
      await step(person, `${what} is refused`, async () => {
        await person.hands(drop, "broken.wasm", "application/wasm", content);
        await page.getByRole("alert").first().waitFor();
        await drop.waitFor();
        expect((await page.getByRole("alert").first().innerText()).length).toBeGreaterThan(20);
      });
    }
    const name = `webhook ${language}`;
    await step(person, "a good one shows its wishes with their reasons", async () => {
      const file = remade("connector-webhook", "rialto:manifest", (text) => text.replace("rialto/connector-webhook", `acme/hook-${language.toLowerCase()}`));
      await person.hands(drop, "hook.wasm", "application/wasm", file);
      await person.sees(person.t("install.nothingStored"));
      await person.table("plugin.wishes").getByText(person.t("permission.http")).waitFor();
    });
    await step(person, "taken and named, it goes on to approval", async () => {
      await person.press("install.take");
      await person.at(/^\/plugins\/install\?package=/);
      await person.fill("plugin.name", name);
      await person.press("plugin.goOn");
      await person.at(/^\/plugins\/[0-9a-f-]+\/versions\/[0-9a-f-]+$/);
      await person.sees(person.t("plugin.firstVersion"));
    });
    await step(person, "without its settings it cannot be approved, and says so", async () => {
      await person.sees(person.t("plugin.settingsMissing"));
      await person.press("plugin.approveServe");
      await person.confirm("plugin.approveServe");
      await page.getByRole("alert").filter({ hasText: "http" }).first().waitFor();
      await page.keyboard.press("Escape");
    });
    await step(person, "settings with a secret that is never shown again", async () => {
      await person.open(new URL(page.url()).pathname.replace(/^\/console|\/versions.*$/g, ""));
      await person.tab("plugin.tab.settings").click();
      await page.getByLabel(SETTINGS[language].endpoint).fill("https://hooks.example.com/x");
      await page.getByLabel(SETTINGS[language].secret).fill(SECRET);
      await person.press("form.save");
      await person.sees(person.t("form.saved"));
      await page.reload();
      await page.getByPlaceholder(person.t("plugin.secretSet")).waitFor();
      expect(await page.content()).not.toContain(SECRET);
    });
    await step(person, "approved, it serves", async () => {
      await person.link("plugin.lookAt").click();
      await person.table("plugin.wishes").getByText(person.t("permission.http")).waitFor();
      await person.press("plugin.approveServe");
      await person.confirm("plugin.approveServe");
      await page.getByText(person.t("plugin.state.active"), { exact: true }).first().waitFor();
    });
    await step(person, "switched off and on again", async () => {
      await page.getByRole("link", { name, exact: true }).click();
      await person.press("plugin.disable");
      await person.confirm("plugin.disable");
      await page.getByText(person.t("plugin.state.disabled"), { exact: true }).first().waitFor();
      await person.press("plugin.enable");
      await page.getByText(person.t("plugin.state.active"), { exact: true }).first().waitFor();
    });
    await person.leaves();
  });
});
