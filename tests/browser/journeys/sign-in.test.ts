/** Signing in and out, and a session that ends in the middle of an edit. */
import { describe, expect, test } from "vitest";
import { step, suite } from "../harness/suite";
import { LANGUAGES } from "../harness/words";

const held = suite("sign-in");

describe.each(LANGUAGES)("in %s", (language) => {
  test("a wrong password is refused, the right one leads where one was going, out is out", async () => {
    const person = await held.browser.person(held.host, { language });
    const { page } = person;
    await step(person, "a deep link asks who is there", async () => {
      await person.open("/audience/segments?archived=true");
      await person.at(/^\/sign-in\?next=/);
    });
    await step(person, "a wrong password is refused", async () => {
      await person.signIn({ ...held.admin, password: "not the pass phrase" });
      await page.getByRole("alert").first().waitFor();
      expect(await person.field("signIn.email").inputValue()).toBe(held.admin.email);
    });
    await step(person, "the right one leads on", async () => {
      await person.fill("signIn.password", held.admin.password);
      await person.press("signIn.submit");
      await person.at("/audience/segments?archived=true");
    });
    await step(person, "signed out, a page asks again", async () => {
      await person.press("signedIn.as", { name: held.admin.name });
      await page.getByRole("menuitem", { name: person.t("signOut") }).click();
      await person.at(/^\/sign-in/);
      await person.open("/campaigns");
      await person.at(/^\/sign-in\?next=/);
    });
    await person.leaves();
  });

  test("a session that ends in mid-edit loses nothing typed", async () => {
    const person = await held.signedIn({ language });
    const name = `Typed before the session ended, ${language}`;
    await person.open("/audience/segments/new");
    await person.fill("segment.name", name);
    await step(person, "the session ends and asks over the page", async () => {
      await person.page.context().clearCookies();
      await person.press("form.save");
      await person.sees(person.t("expired.title"));
    });
    await step(person, "signed in again, what was sent is sent", async () => {
      await person.signIn(held.admin, "expired.continue");
      await person.at(/^\/audience\/segments\/[0-9a-f-]{36}$/);
      await person.heading(name).waitFor();
    });
    const saved = (await held.host.api.all("/segments")).filter((one) => one.name === name);
    expect(saved).toHaveLength(1);
    await person.leaves();
  });
});
