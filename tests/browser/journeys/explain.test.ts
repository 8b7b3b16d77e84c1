/** Finding a person and saying why they got a message, or did not. */
import { describe, expect, test } from "vitest";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("explain");

describe.each(LANGUAGES)("in %s", (language) => {
  test("a person is found by address, and one page says why they got the mail", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    await person.open("/");
    await person.heading(person.t("area.home")).waitFor();
    const campaign = await held.host.api.find("/campaigns", "code", "demo-coupons");
    const [send] = await held.host.api.all(`/sends?campaign=${String(campaign.id)}&state=accepted`);
    const contact = await held.host.api.get(`/contacts/${String(send?.contact)}`);
    await step(person, "found from anywhere", async () => {
      await page.keyboard.press("/");
      await page.keyboard.type(String(send?.address));
      await page.getByText(String(contact.name), { exact: true }).locator("visible=true").first().click();
      await person.at(`/audience/contacts/${String(send?.contact)}`);
      await person.heading(String(contact.name)).waitFor();
    });
    await step(person, "what was sent leads to why", async () => {
      await person.tab("contact.tab.sends").click();
      await person.at(/tab=sends/);
      await person.table("contact.tab.sends").getByRole("link", { name: String(campaign.name) }).first().waitFor();
      await person.link("why.open").first().click();
      await person.heading(person.t("why.title")).waitFor();
    });
    await step(person, "audience, consent with its proof, content and attempt", async () => {
      await person.sees(person.t("why.answer"));
      await person.table("why.consents").getByText(person.t("consent.state.granted")).first().waitFor();
      await person.table("campaign.attempts").getByText(person.t("send.state.accepted")).first().waitFor();
      await page.getByText(String(send?.content_hash)).waitFor();
    });
    await person.leaves();
  });

  test("who was held out has a row that says so", async () => {
    const person = await held.signedIn({ language });
    const campaign = await held.host.api.find("/campaigns", "code", "demo-coupons");
    await person.open(`/campaigns/${String(campaign.id)}?tab=people&reason=held_out`);
    const rows = person.table("campaign.tab.people").getByRole("row");
    await step(person, "filtered in the address", async () => {
      await rows.nth(1).waitFor();
      expect(await rows.count()).toBeGreaterThan(1);
    });
    await step(person, "and explained", async () => {
      await rows.nth(1).getByRole("link", { name: person.t("why.open") }).click();
      await person.sees(person.words.like("why.heldOut"));
      await person.sees(person.t("why.noAttempts"));
    });
    await person.leaves();
  });
});
