import { expect, test } from "vitest";
import { depthOf, trail } from "./units";

const units = [
  { id: "a", name: "Company", path: "a/" },
  { id: "b", name: "Branch", path: "a/b/" },
];

test("a unit is shown under those above it, as far as they can be read", () => {
  expect(units.map(depthOf)).toEqual([0, 1]);
  expect(trail(units, "a/b/")).toBe("Company / Branch");
  expect(trail(units.slice(1), "a/b/")).toBe("Branch");
});
