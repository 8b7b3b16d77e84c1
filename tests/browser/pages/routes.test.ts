/** The list of pages names every address that the router knows, and none besides. */
import { expect, test } from "vitest";
import { suite } from "../harness/suite";
import { PLACES, REDIRECTS } from "./list";

const held = suite("routes");

test("no page is missing from the list", async () => {
  const person = await held.browser.person(held.host, { language: "en" });
  // Signing in by itself knows no other page: by a deep link the whole console is there, and asks who is.
  await person.open("/campaigns");
  await person.field("signIn.email").waitFor();
  const known = await person.page.evaluate(() => {
    const { __TSR_ROUTER__: router } = window as unknown as { __TSR_ROUTER__: { routesByPath: object } };
    return Object.keys(router.routesByPath);
  });
  const listed = new Set([...PLACES.map((one) => one.route), ...REDIRECTS]);
  expect([...listed].sort()).toEqual(known.map((one) => (one.length > 1 ? one.replace(/\/$/, "") : one)).sort());
  await person.leaves();
});
