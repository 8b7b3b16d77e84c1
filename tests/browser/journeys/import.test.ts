/** A file with bad rows: what is wrong with each, the rows as a file to mend, the mended file, and the way back. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Person } from "../harness/person";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("import");

async function bring(person: Person, name: string, content: string): Promise<void> {
  await person.open("/audience/imports/new?kind=contacts");
  await person.hands(person.page.getByText(person.t("import.drop")), name, "text/csv", content);
  await person.page.getByRole("button", { name: person.t("import.start") }).waitFor();
}


describe.each(LANGUAGES)("in %s", (language) => {
  const tag = language.toLowerCase();
  const good = Array.from({ length: 40 }, (_, at) => `browser-${tag}-${String(at)},person-${tag}-${String(at)}@example.com,Person ${String(at)},yes`);
  const bad = [`browser-${tag}-90,not-an-address,Ninety,yes`, `browser-${tag}-91,person-${tag}-91@example.com,Ninety-One,perhaps`];
  const head = "external_id,E-Mail,Name,consent_email";

  test("bad rows are refused in words, mended and brought in again; an import is undone", async () => {
    const person = await held.signedIn({ language });
    const { page } = person;
    await step(person, "the preview says what is wrong before anything is taken", async () => {
      await bring(person, `people-${tag}.csv`, [head, ...good.slice(0, 2), ...bad, ...good.slice(2)].join("\n"));
      await person.sees(person.t("import.previewErrors", { n: 2, tried: 42 }));
    });
    await step(person, "back and forth in the wizard loses nothing", async () => {
      await page.goBack();
      await page.getByText(`people-${tag}.csv`).waitFor();
      await page.goForward();
      await person.sees(person.t("import.previewErrors", { n: 2, tried: 42 }));
    });
    await step(person, "the good rows are taken, the bad ones listed", async () => {
      await person.press("import.start");
      await person.at(/^\/audience\/imports\/[0-9a-f-]{36}$/);
      await person.sees(person.t("import.state.done"));
      await page.getByText(person.t("import.noErrors")).waitFor({ state: "detached" });
      await person.table("import.errors").getByText("not-an-address").first().waitFor();
      await person.table("import.errors").getByText("perhaps").first().waitFor();
      const { items } = await held.host.api.get("/imports?limit=1");
      expect([items[0].rows_good, items[0].rows_bad]).toEqual([40, 2]);
    });
    await step(person, "the refused rows come as a file and go in again, mended", async () => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: person.t("import.errorsFile") }).click()]);
      const refused = readFileSync(await download.path(), "utf8");
      expect(refused).toContain("not-an-address");
      const mended = refused.replace("not-an-address", `person-${tag}-90@example.com`).replace("perhaps", "no");
      await person.link("import.another").click();
      await bring(person, `mended-${tag}.csv`, mended);
      await person.press("import.start");
      await person.sees(person.t("import.state.done"));
      await person.sees(person.t("import.noErrors"));
    });
    await step(person, "undone, what nobody used is gone", async () => {
      await person.press("import.undo");
      await person.confirm("import.undo");
      await person.sees(person.words.like("import.undone"));
    });
    await person.leaves();
  });

  test("a file that is none is refused with what to do", async () => {
    const person = await held.signedIn({ language });
    await step(person, "nothing in it can be read", async () => {
      await person.open("/audience/imports/new?kind=orders");
      await person.hands(person.page.getByText(person.t("import.drop")), "broken.xlsx", "text/csv", "this is no workbook");
      await person.page.getByRole("alert").first().waitFor();
      expect(await person.button("import.start").isDisabled()).toBe(true);
    });
    await person.leaves();
  });
});
