/** What a person may ask for: everything known of them, and to be forgotten, with a certificate. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("erase");

describe.each(LANGUAGES)("in %s", (language) => {
  test("a person is exported, then erased with a certificate", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    const campaign = await held.host.api.find("/campaigns", "code", "demo-coupons");
    const sends = await held.host.api.all(`/sends?campaign=${String(campaign.id)}&state=accepted`);
    // The first ones are looked at by others.
    const send = sends.at(language === "en" ? -1 : -2);
    const id = String(send?.contact);
    await person.open(`/audience/contacts/${id}`);
    await step(person, "everything that is known, as a file", async () => {
      await person.press("person.export");
      await person.fill("person.reason", "Letter 4711");
      await person.confirm("person.export");
      await person.sees(person.words.like("person.exported"));
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: person.t("person.json") }).click()]);
      expect(readFileSync(await download.path(), "utf8")).toContain(String(send?.address));
      await page.keyboard.press("Escape");
      await person.dialog().waitFor({ state: "hidden" });
    });
    await step(person, "erased only with the id entered once more", async () => {
      await person.press("person.erasure");
      await person.fill("person.confirm", "not the id");
      await person.confirm("person.erasure");
      await person.dialog().getByRole("alert").first().waitFor();
    });
    await step(person, "erased, with a certificate to keep", async () => {
      await person.fill("person.confirm", id);
      await person.confirm("person.erasure");
      await person.sees(person.t("person.erased"));
      const [download] = await Promise.all([page.waitForEvent("download"), person.confirm("person.certificate")]);
      const kept = JSON.parse(readFileSync(await download.path(), "utf8")) as { certificate: object; signature: unknown };
      expect(kept.signature).toBeTruthy();
      expect(JSON.stringify(kept)).not.toContain(String(send?.address));
    });
    await step(person, "what is left is nobody's", async () => {
      await page.reload();
      await person.heading(person.t("contact.unnamed")).waitFor();
      await person.table("contact.identities").getByText(person.t("contact.noIdentities")).waitFor();
      expect(await page.content()).not.toContain(String(send?.address));
    });
    await person.leaves();
  });
});
