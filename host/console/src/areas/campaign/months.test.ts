import { expect, test } from "vitest";
import { monthsOf, yearsOf } from "./months";

const at = (starts_at: string | null) => ({ starts_at });

test("campaigns stand in the month they begin in, in the workspace's zone", () => {
  const all = [at("2026-03-31T20:00:00Z"), at("2026-03-02T00:00:00Z"), at("2025-12-31T23:30:00Z"), at(null)];
  expect(monthsOf(all, 2026, "UTC")).toEqual([{ month: "2026-03", items: [all[1], all[0]] }]);
  expect(monthsOf(all, 2026, "Asia/Shanghai").map((one) => one.month)).toEqual(["2026-01", "2026-03", "2026-04"]);
  expect(yearsOf(all, "UTC")).toEqual([2025, 2026]);
});
