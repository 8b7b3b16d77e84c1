/** Building a segment with its live count, changing it beside somebody else, and the overlap of two. */
import { describe, expect, test } from "vitest";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("segment");

describe.each(LANGUAGES)("in %s", (language) => {
  const name = `Mail readers in Chinese, ${language}`;

  test("a rule is built, counted as it grows, and saved", async () => {
    const person = await held.signedIn({ language });
    const { page, words } = person;
    const rule = { all: [{ on: "consent", channel: "email", topic: "*", state: "granted" }, { on: "contact", field: "locale", op: "is", value: "zh-CN" }] };
    const wanted = await held.host.api.post("/segments/preview", { of: { rule }, sample: 0 });
    const agreed = await held.host.api.post("/segments/preview", { of: { rule: rule.all[0] }, sample: 0 });
    expect(wanted.count).toBeGreaterThan(0);
    await step(person, "an empty builder with one condition", async () => {
      await person.open("/audience/segments");
      await person.link("segment.new").first().click();
      await person.at("/audience/segments/new");
    });
    await step(person, "who agreed to mail is counted", async () => {
      await person.choose(page.getByRole("combobox", { name: person.t("rule.field") }).first(), person.t("rule.on.consent"));
      await page.getByRole("status").getByText(words.f.number(agreed.count as number), { exact: true }).waitFor();
    });
    await step(person, "with a second condition fewer fit", async () => {
      await person.button("rule.add").first().click();
      await page.getByRole("textbox", { name: person.t("rule.value") }).fill("zh-CN");
      await page.getByRole("status").getByText(words.f.number(wanted.count as number), { exact: true }).waitFor();
      await person.table("segment.sample").getByRole("row").nth(1).waitFor();
    });
    await step(person, "without a name it is not saved, and says so at the field", async () => {
      await person.press("form.save");
      await person.sees(person.t("form.needed"));
    });
    await step(person, "saved, it has an address and people", async () => {
      await person.fill("segment.name", name);
      await person.press("form.save");
      await person.at(/^\/audience\/segments\/[0-9a-f-]{36}$/);
      await person.heading(name).waitFor();
      await person.table("segment.people").getByRole("row").nth(1).waitFor();
    });
    expect((await held.host.api.find("/segments", "name", name)).rule).toEqual(rule);
    await person.leaves();
  });

  test("two people change it at once: both versions are shown, and one is chosen", async () => {
    const person = await held.signedIn({ language });
    const { id } = await held.host.api.find("/segments", "name", name);
    await person.open(`/audience/segments/${String(id)}`);
    await person.fill("segment.owner", "Mine");
    await held.host.api.patch(`/segments/${String(id)}`, { owner: "Theirs" });
    await step(person, "the save meets the other's", async () => {
      await person.press("form.save");
      await person.sees(person.t("conflict.title"));
      await person.dialog().getByRole("cell", { name: "Theirs", exact: true }).waitFor();
    });
    await step(person, "mine is chosen", async () => {
      await person.confirm("conflict.keepMine");
      await person.sees(person.t("form.saved"));
    });
    expect((await held.host.api.get(`/segments/${String(id)}`)).owner).toBe("Mine");
    await person.leaves();
  });

  test("the overlap with another adds up", async () => {
    const person = await held.signedIn({ language });
    const { page, words } = person;
    await person.open("/audience/segments");
    const [a, b] = [await held.host.api.find("/segments", "name", "High spenders or recommended"), await held.host.api.find("/segments", "name", name)];
    const overlap = await held.host.api.post("/segments/overlap", { a: { segment: a.id as string }, b: { segment: b.id as string } });
    await step(person, "two segments, three parts", async () => {
      await person.choose(page.getByRole("combobox", { name: person.t("segment.first") }), a.name as string);
      await person.choose(page.getByRole("combobox", { name: person.t("segment.second") }), b.name as string);
      const parts = person.chartTable("segment.overlap", "segment.part");
      const row = (part: string) => parts.getByRole("row", { name: part });
      await row(person.t("segment.inBoth")).getByText(words.f.number(overlap.both as number), { exact: true }).waitFor();
      await row(person.t("segment.only", { name: name })).getByText(words.f.number((overlap.b as number) - (overlap.both as number)), { exact: true }).waitFor();
    });
    await step(person, "the address keeps the choice", async () => {
      await page.reload();
      await person.chartTable("segment.overlap", "segment.part").waitFor();
    });
    await person.leaves();
  });
});
