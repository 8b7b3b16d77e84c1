/**
 * The first ten minutes, on the demo's year: what was imported, two audiences and
 * their overlap, what a recommender advises, a preflight, a launch with its mail,
 * a host that dies in mid-send and comes back, an update that waits, and what a
 * campaign of the past brought: models, lift, report, lesson.
 */
import { describe, expect, test } from "vitest";
import { remade } from "../harness/plugin";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";
import { advised } from "./advice";
import { approved, draft, launched, SEGMENT } from "./campaign";
import { learned, lifted, modelled, reported } from "./past";

const held = suite("first-ten-minutes", { mail: true, own: true });
/** The mail server answers slowly enough to be caught in the middle. */
const SLOW_MS = 300;
const HELD_OUT = "Winter coupons or none";

describe.each(LANGUAGES)("in %s", (language) => {
  test("0:00 to 10:00", async () => {
    const person = await held.signedIn({ language });
    const { page, words } = person;
    const { api } = held.host;
    await person.open("/");

    await step(person, "0:00 the console speaks the browser's language", async () => {
      await person.heading(person.t("area.home")).waitFor();
      expect(await page.locator("html").getAttribute("lang")).toBe(language);
    });

    await step(person, "1:30 every row of the year came in, and the totals are those of the files", async () => {
      const { lines, lines_minor: sold } = await api.get("/sales/totals");
      await person.open("/audience/imports");
      const orders = person.table("audience.imports").getByRole("row").filter({ hasText: "orders.csv" });
      await orders.getByText(words.f.number(lines as number), { exact: true }).waitFor();
      await page.getByRole("link", { name: "orders.csv", exact: true }).click();
      await person.sees(person.t("import.noErrors"));
      await person.open("/?period=all");
      // The demo itself holds these against the retailer's own files, to the cent.
      await person.sees(words.f.money(sold as number, "USD"));
    });

    await step(person, "2:30 two audiences and their overlap", async () => {
      const [a, b] = [await api.find("/segments", "name", "High spenders"), await api.find("/segments", "name", SEGMENT)];
      const overlap = await api.post("/segments/overlap", { a: { segment: a.id as string }, b: { segment: b.id as string } });
      await person.open("/audience/segments");
      await person.choose(page.getByRole("combobox", { name: person.t("segment.first") }), a.name as string);
      await person.choose(page.getByRole("combobox", { name: person.t("segment.second") }), b.name as string);
      const both = person.chartTable("segment.overlap", "segment.part").getByRole("row", { name: person.t("segment.inBoth") });
      await both.getByText(words.f.number(overlap.both as number), { exact: true }).waitFor();
    });

    await advised(person);

    const name = `First ten minutes, ${language}`;
    const id = await draft(person, name, HELD_OUT);
    await approved(held, person, id);
    await held.mail.clear();
    held.mail.line.delayMs = SLOW_MS;
    await launched(person, id, name);

    await step(person, "5:30 the host dies in mid-send and comes back", async () => {
      await api.until(`/campaigns/${id}/ledger`, (one) => (one.rows as { state: string }[]).some((row) => row.state === "accepted"));
      expect((await api.get(`/campaigns/${id}/ledger`)).finished).toBe(false);
      await held.host.kill();
      await page.waitForTimeout(1_000);
      await held.host.again();
    });
    const ledger = await step(person, "the page goes on by itself, and the ledger adds up to the audience", async () => {
      const ended = await api.until(`/campaigns/${id}/ledger`, (one) => one.finished === true, 300_000);
      await page.getByText(person.t("campaign.state.finished"), { exact: true }).first().waitFor();
      const rows = ended.rows as { state: string; count: number }[];
      const sum = rows.reduce((all, row) => all + row.count, 0);
      expect(sum).toBe(ended.audience);
      await person.sees(person.t("campaign.sum", { sum: words.f.number(sum), audience: words.f.number(ended.audience as number) }));
      return rows;
    });
    await step(person, "nobody got the mail twice", async () => {
      const of = (state: string) => ledger.filter((row) => row.state === state).reduce((all, row) => all + row.count, 0);
      // The mail server takes a mail in first and reads it afterwards.
      await expect.poll(async () => (await held.mail.mails()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(of("accepted"));
      const got = (await held.mail.mails()).map((mail) => mail.to[0]?.address);
      expect(new Set(got).size).toBe(got.length);
      // What was being handed over when the host died may have arrived or not: it says so, and is not sent again.
      expect(got.length).toBeLessThanOrEqual(of("accepted") + of("uncertain"));
      console.log(`      ${String(got.length)} mails; ${String(of("accepted"))} accepted, ${String(of("uncertain"))} uncertain, ${String(of("not_sent"))} not sent`);
    });
    held.mail.line.delayMs = 0;

    await step(person, "6:30 an update that asks for one more host waits, the old version serves", async () => {
      const version = `0.${String(2 + LANGUAGES.indexOf(language))}.0`;
      const more = '[[wishes.http]]\nhost = "telemetry.example.com"\nreason = "To say that it is well."\nmethods = ["POST"]\n\n[settings]\n';
      const file = remade("connector-webhook", "rialto:manifest", (text) => text.replace('version = "0.1.0"', `version = "${version}"`).replace("[settings]\n", more));
      await person.open("/plugins/install");
      await person.hands(page.getByText(person.t("plugin.drop")), "webhook.wasm", "application/wasm", file);
      await person.press("install.take");
      await person.press("plugin.goOn");
      await person.sees(person.t("plugin.servesMeanwhile", { version: "0.1.0" }));
      await person.table("plugin.added").getByText(/telemetry\.example\.com/).first().waitFor();
      expect((await api.find("/installations", "name", "connector-webhook")).active.version).toBe("0.1.0");
    });

    await modelled(person);
    await lifted(person);
    await reported(person);
    await learned(person);
    await person.leaves();
  });
});
