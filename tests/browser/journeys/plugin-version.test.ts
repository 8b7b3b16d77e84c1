/** An update that asks for more: the old one goes on serving until a person decides, and rolling back is one step. */
import { describe, expect, test } from "vitest";
import { remade } from "../harness/plugin";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("plugin-version");
const EXTRA = "telemetry.example.com";
const MORE = `[[wishes.http]]\nhost = "${EXTRA}"\nreason = "To say that it is well."\nmethods = ["POST"]\n\n[settings]\n`;

describe.each(LANGUAGES)("in %s", (language) => {
  const version = `0.${String(2 + LANGUAGES.indexOf(language))}.0`;

  test("a version is approved and rolled back", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    const installed = () => held.host.api.find("/installations", "name", "connector-webhook");
    const before = String((await installed()).active.version);
    const file = remade("connector-webhook", "rialto:manifest", (text) => text.replace('version = "0.1.0"', `version = "${version}"`).replace("[settings]\n", MORE));
    await step(person, "the new version waits, the old one serves", async () => {
      await person.open("/plugins/install");
      await person.hands(page.getByText(person.t("plugin.drop")), "hook.wasm", "application/wasm", file);
      await person.table("plugin.added").getByText(new RegExp(EXTRA)).first().waitFor();
      await person.press("install.take");
      await person.sees(person.t("plugin.intoVersion", { name: "connector-webhook", version: before }));
      await person.press("plugin.goOn");
      await person.sees(person.t("plugin.servesMeanwhile", { version: before }));
      await person.table("plugin.added").getByText(new RegExp(EXTRA)).first().waitFor();
      expect((await installed()).active.version).toBe(before);
    });
    await step(person, "the list says that one waits", async () => {
      await person.open("/plugins");
      await person.sees(person.t("plugin.waiting", { n: 1 }));
      await person.link("plugin.look", { name: "connector-webhook", version }).click();
    });
    await step(person, "approved, it serves", async () => {
      await person.press("plugin.approveServe");
      await person.sees(person.t("plugin.approveAsk", { name: "connector-webhook", version }));
      await person.confirm("plugin.approveServe");
      await page.getByText(person.t("plugin.state.active"), { exact: true }).first().waitFor();
      expect((await installed()).active.version).toBe(version);
    });
    await step(person, "rolled back, the one before serves again", async () => {
      await page.getByRole("link", { name: "connector-webhook", exact: true }).click();
      await person.press("plugin.rollback");
      await person.confirm("plugin.rollback");
      await page.getByText(`rialto/connector-webhook ${before}`).first().waitFor();
      expect((await installed()).active.version).toBe(before);
    });
    await person.leaves();
  });
});
