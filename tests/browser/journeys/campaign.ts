/** A campaign by hand, as several journeys need it: brief, message, approval by somebody else, preflight, launch. */
import type { Person } from "../harness/person";
import { step, type Suite } from "../harness/suite";

export const SEGMENT = "High spenders or recommended";

/** Make a draft by mail to the demo's audience; the page is at its brief afterwards. */
export async function draft(person: Person, name: string, heldOut?: string): Promise<string> {
  const { page } = person;
  await step(person, "a name is enough to begin", async () => {
    await person.open("/campaigns");
    await person.link("campaign.new").first().click();
    await person.fill("campaign.name", name);
    await person.press("form.create");
    await person.at(/^\/campaigns\/[0-9a-f-]{36}\?tab=brief$/);
  });
  await step(person, "the brief says whom, with what, for how much", async () => {
    await person.choose(person.field("campaign.segment"), SEGMENT);
    await person.choose(person.field("campaign.topic"), "Offers and coupons");
    if (heldOut) await person.choose(person.field("campaign.experiment"), heldOut);
    await person.fill("campaign.unitCost", "0.02");
    await person.press("campaign.messageAdd");
    await person.choose(person.field("campaign.channel"), "email");
    await person.choose(person.field("campaign.message"), "Winter coupons");
    await person.choose(person.field("campaign.connector"), "connector-email");
    await person.choose(person.field("campaign.sender"), "Demo shop <shop@example.com>");
    await person.choose(person.field("campaign.mailServer"), "demo");
    await person.press("form.save");
    await person.sees(person.t("form.saved"));
  });
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

/** One asks, another approves. */
export async function approved(held: Suite, person: Person, id: string): Promise<void> {
  await step(person, "approval is asked for", async () => {
    await person.open(`/campaigns/${id}?tab=preflight`);
    await person.sees(person.t("approval.needed"));
    await person.press("approval.ask");
    await person.fill("approval.comment", "Ready.");
    await person.confirm("approval.ask");
    await person.sees(person.words.like("approval.waits"));
  });
  const other = await held.signedIn({ language: person.language }, await held.host.user(`Otto Other ${person.language} ${id.slice(-6)}`, "manager"));
  await step(other, "somebody else approves", async () => {
    await other.open(`/campaigns/${id}?tab=preflight`);
    await other.press("approval.approve");
    await other.fill("approval.comment", "Go.");
    await other.confirm("approval.approve");
    await other.sees(other.words.like("approval.given"));
  });
  await other.leaves();
}

/** Count, and launch what was counted; the page shows the monitor afterwards. */
export async function launched(person: Person, id: string, name: string): Promise<void> {
  await step(person, "preflight counts everybody, reason by reason", async () => {
    await person.open(`/campaigns/${id}?tab=preflight`);
    await person.press("campaign.count");
    await person.button("campaign.launch").waitFor();
    await person.table("campaign.ledger").getByText(person.t("send.reason.no_consent")).waitFor();
  });
  await step(person, "launched after a plain question", async () => {
    await person.press("campaign.launch");
    await person.sees(person.t("campaign.launchAsk", { name }));
    await person.confirm("campaign.launch");
    await person.at(`/campaigns/${id}?tab=monitor`);
  });
}
