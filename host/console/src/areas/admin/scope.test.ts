import { expect, test } from "vitest";
import { mayEverywhere, openGroups } from "./scope";

const inUnit = { grants: [{ permissions: ["units.*", "users.*", "delivery.*"], units: ["a/b/"] }] };
const whole = { grants: [{ permissions: ["*"] }] };

test("a role in one unit does not reach what belongs to the whole workspace", () => {
  expect(mayEverywhere(inUnit, "users.write")).toBe(false);
  expect(mayEverywhere(whole, "users.write")).toBe(true);
});

test("sections without their permission are not there, nor are empty groups", () => {
  const paths = openGroups(inUnit).flatMap((group) => group.sections.map((section) => section.path));
  expect(paths).toEqual(["/admin/users", "/admin/units", "/admin/delivery"]);
  expect(openGroups({ grants: [] })).toEqual([]);
  expect(openGroups(whole).flatMap((group) => group.sections)).toHaveLength(12);
});
