/** A campaign under way is paused, resumed, and ends; another is cancelled for good. */
import { describe, expect, test } from "vitest";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";
import { approved, draft, launched } from "./campaign";

const held = suite("pause", { mail: true });
/** How slow the mail server is while somebody stops a campaign. */
const SLOW_MS = 400;

describe.each(LANGUAGES)("in %s", (language) => {
  test("paused nothing leaves; resumed it ends; cancelled it stays so", async () => {
    const person = await held.signedIn({ language });
    const name = `Paused and resumed, ${language}`;
    const id = await draft(person, name);
    await approved(held, person, id);
    await held.mail.clear();
    held.mail.line.delayMs = SLOW_MS;
    await launched(person, id, name);
    await step(person, "paused in the middle", async () => {
      await person.press("campaign.pause");
      await person.sees(person.t("campaign.paused"));
      await person.button("campaign.resume").waitFor();
    });
    await step(person, "the ledger stands still", async () => {
      // What was on its way when it was paused still arrives.
      let before = -1;
      await expect.poll(async () => {
        const now = (await held.mail.mails()).length;
        const still = now === before;
        before = now;
        return still;
      }, { interval: 2_000, timeout: 60_000 }).toBe(true);
      expect((await held.host.api.get(`/campaigns/${id}/ledger`)).finished).toBe(false);
    });
    await step(person, "resumed, it goes on to the end", async () => {
      held.mail.line.delayMs = 0;
      await person.press("campaign.resume");
      await person.sees(person.t("campaign.resumed"));
      await held.host.api.until(`/campaigns/${id}/ledger`, (one) => one.finished === true);
      await person.page.getByText(person.t("campaign.state.finished"), { exact: true }).first().waitFor();
    });
    const ledger = await held.host.api.get(`/campaigns/${id}/ledger`);
    const sum = (ledger.rows as { count: number }[]).reduce((all, row) => all + row.count, 0);
    expect(sum).toBe(ledger.audience);
    await person.leaves();
  });

  test("cancelled for good, after a question", async () => {
    const person = await held.signedIn({ language });
    const name = `Cancelled, ${language}`;
    const id = await draft(person, name);
    await approved(held, person, id);
    held.mail.line.delayMs = SLOW_MS;
    await launched(person, id, name);
    await step(person, "cancelled", async () => {
      await person.press("campaign.cancel");
      await person.sees(person.t("campaign.cancelAsk", { name }));
      await person.confirm("campaign.cancel");
      await person.page.getByText(person.t("campaign.state.cancelled"), { exact: true }).first().waitFor();
    });
    await step(person, "what had not left says so", async () => {
      held.mail.line.delayMs = 0;
      const ledger = await held.host.api.until(`/campaigns/${id}/ledger`, (one) => one.finished === true);
      const sum = (ledger.rows as { count: number }[]).reduce((all, row) => all + row.count, 0);
      expect(sum).toBe(ledger.audience);
      await person.table("campaign.ledger").getByText(person.t("send.reason.cancelled")).first().waitFor();
    });
    await step(person, "those it missed get a plan of their own", async () => {
      const ledger = await held.host.api.get(`/campaigns/${id}/ledger`);
      const missed = (ledger.rows as { reason?: string; count: number }[]).filter((row) => row.reason === "cancelled");
      await person.press("missing.plan");
      await person.dialog().getByText(person.t("send.reason.cancelled")).waitFor();
      await person.confirm("form.create");
      await person.heading(person.t("missing.name", { name })).waitFor();
      // The rule in words, the first campaign by its name.
      await person.sees(new RegExp(`${name}.*${person.t("send.reason.cancelled")}`));
      const plan = await held.host.api.find("/campaigns", "name", person.t("missing.name", { name }));
      const { audience } = await held.host.api.post(`/campaigns/${String(plan.id)}/preflight`, {});
      expect(audience).toBeGreaterThanOrEqual(missed.reduce((sum, row) => sum + row.count, 0));
      expect(audience).toBeLessThanOrEqual(Number(ledger.audience));
    });
    await person.leaves();
  });
});
