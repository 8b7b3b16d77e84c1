/** A whole journey without a mouse: sign in, make a campaign and a segment, find a person, change the language, sign out. */
import { describe, expect, test } from "vitest";
import type { Person } from "../harness/person";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("keyboard");
/** More stops than any page has. */
const STOPS_MAX = 120;
/** More items than a menu has. */
const ITEMS_MAX = 8;

interface Stop {
  name: string;
  seen: boolean;
}

/** What has the focus: its name, and whether one can see that it has it. */
async function focused(person: Person): Promise<Stop> {
  return person.page.evaluate(() => {
    const one = document.activeElement;
    if (!(one instanceof HTMLElement)) return { name: "", seen: false };
    const labels = one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement ? [...(one.labels ?? [])].map((label) => label.textContent) : [];
    const name = one.getAttribute("aria-label") ?? (labels.join(" ") || one.textContent);
    const ring = (part: Element | null) => part !== null && (getComputedStyle(part).outlineStyle !== "none" || getComputedStyle(part).boxShadow !== "none");
    // The kit draws the ring of a field around the box that holds it.
    return { name: name.trim(), seen: [one, one.parentElement, one.parentElement?.parentElement ?? null, one.parentElement?.parentElement?.parentElement ?? null].some(ring) };
  });
}

/** Go on with Tab until something of this name has the focus. */
async function tabTo(person: Person, name: string): Promise<void> {
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    await person.page.keyboard.press("Tab");
    const at = await focused(person);
    if (at.name !== name && !at.name.endsWith(` ${name}`)) continue;
    expect(at.seen, `one cannot see that “${name}” has the focus`).toBe(true);
    return;
  }
  throw new Error(`Tab never comes to “${name}”`);
}

describe.each(LANGUAGES)("in %s", (language) => {
  test("everything by keys alone", async () => {
    const person = await held.browser.person(held.host, { language });
    const { page } = person;
    const keys = page.keyboard;
    const [somebody] = await held.host.api.all("/sends?state=accepted");
    const { name: known } = await held.host.api.get(`/contacts/${String(somebody?.contact)}`);
    await step(person, "signed in", async () => {
      await person.open("/campaigns");
      await person.field("signIn.email").waitFor();
      await keys.type(held.admin.email);
      await tabTo(person, person.t("signIn.password"));
      await keys.type(held.admin.password);
      await keys.press("Enter");
      await person.at("/campaigns");
      await person.settled();
    });
    await step(person, "past the menu to the content", async () => {
      await tabTo(person, person.t("app.skip"));
      await keys.press("Enter");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    });
    const name = `By keyboard, ${language}`;
    await step(person, "a campaign is made", async () => {
      await tabTo(person, person.t("campaign.new"));
      await keys.press("Enter");
      await person.at("/campaigns/new");
      await person.field("campaign.name").waitFor();
      await keys.type(name);
      await keys.press("Enter");
      await person.at(/^\/campaigns\/[0-9a-f-]{36}/);
      await person.heading(name).waitFor();
    });
    await step(person, "its topic is chosen from a list and saved", async () => {
      await person.settled();
      await tabTo(person, person.t("campaign.topic"));
      await keys.press("ArrowDown");
      await page.getByTitle("Offers and coupons").locator("visible=true").last().waitFor();
      await keys.press("Enter");
      await tabTo(person, person.t("form.save"));
      await keys.press("Enter");
      await person.sees(person.t("form.saved"));
    });
    await step(person, "the tabs go by arrows", async () => {
      await person.tab("campaign.tab.brief").focus();
      await keys.press("ArrowRight");
      await keys.press("Enter");
      await person.at(/tab=budget/);
    });
    await step(person, "a person is found from anywhere", async () => {
      await page.locator("#content").focus();
      await keys.press("Control+k");
      await keys.type(String(somebody?.address));
      await page.getByText(String(known), { exact: true }).locator("visible=true").first().waitFor();
      await keys.press("ArrowDown");
      await keys.press("Enter");
      await person.heading(String(known)).waitFor();
    });
    await step(person, "help opens, and Escape leads back to its button", async () => {
      await person.settled();
      await tabTo(person, person.t("help.open"));
      await keys.press("Enter");
      await person.sees(person.t("help.title", { page: String(known) }));
      await keys.press("Escape");
      await person.dialog().waitFor({ state: "hidden" });
      await expect.poll(async () => (await focused(person)).name).toBe(person.t("help.open"));
    });
    await step(person, "signed out", async () => {
      await person.button("signedIn.as", { name: held.admin.name }).focus();
      await keys.press("Enter");
      await page.getByRole("menuitem", { name: person.t("signOut") }).waitFor();
      // A menu that opens takes the focus, and arrows lead through it; the focus follows a moment later.
      let before = person.t("signedIn.as", { name: held.admin.name });
      for (let item = 0; item < ITEMS_MAX && !before.endsWith(person.t("signOut")); item += 1) {
        if (item > 0) await keys.press("ArrowDown");
        await expect.poll(async () => (await focused(person)).name, { timeout: 30_000 }).not.toBe(before);
        before = (await focused(person)).name;
      }
      expect(before).toMatch(new RegExp(`${person.t("signOut")}$`));
      await keys.press("Enter");
      await person.at(/^\/sign-in/);
    });
    await person.leaves();
  });
});
