/** Script in every field that a stranger can fill; none of it runs on any page, and the policy is not even asked. */
import { beforeAll, describe, expect, test } from "vitest";
import { ADDRESS, control, plant, type Planted } from "../harness/canary";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";
import { PLACES } from "./list";
import { things, type Things } from "./things";

const held = suite("canaries", { own: true });
let known: Things;
let planted: Planted;

beforeAll(async () => {
  planted = await plant(held.host);
  known = { ...(await things(held.host.api)), ...planted, draft: planted.campaign };
});

test("the guard sees a script that runs, a dialog, and one that the policy stops", async () => {
  const found = (await control(held.browser, held.host)).join("\n");
  expect(found).toContain("a script ran: control");
  expect(found).toContain("a dialog opened: control");
  expect(found).toContain("against the content policy");
});

describe.each(LANGUAGES)("in %s", (language) => {
  test("on no page does one run", async () => {
    const person = await held.signedIn({ language });
    const shown = new Set<string>();
    const found = { name: "contacts-found", route: "", path: () => `/audience/contacts?q=${encodeURIComponent(ADDRESS)}` };
    const wrong: string[] = [];
    await person.open("/");
    await person.settled();
    for (const place of [...PLACES.filter((one) => !one.open), found]) {
      // One page that never comes hides none of the others.
      await person.goes(place.path(known)).catch(async (error: unknown) => {
        wrong.push(`${place.name}: ${String(error)}`);
        await person.open(place.path(known));
      });
      const text = await person.page.locator("body").innerText();
      if (text.includes("</script>")) shown.add(place.name);
      if ((await person.page.locator("img[src=x]").count()) > 0) wrong.push(`an element of a stranger's stands on ${place.name}`);
    }
    person.guard.clean();
    expect(wrong).toEqual([]);
    // They were there to be seen, as the text they are.
    for (const name of [found.name, "contact-profile", "contact-consent", "contact-timeline", "segments", "campaigns", "import", "plugins", "plugin-found", "package-report", "plugin-version-approval"]) {
      expect([...shown]).toContain(name);
    }
    await step(person, "in the search", async () => {
      await person.open("/");
      await person.page.getByRole("combobox", { name: person.t("search.label") }).fill(ADDRESS);
      await person.page.getByText(/<\/script>/).locator("visible=true").first().waitFor();
    });
    await person.leaves();
  });
});
