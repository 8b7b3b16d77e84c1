import { expect, test } from "vitest";
import { between, isDay } from "./days";

test("a span of days holds its last day, in the workspace's zone", () => {
  expect(between("2026-02-28", "2026-02-28", "Asia/Shanghai")).toEqual({ from: "2026-02-27T16:00:00.000Z", until: "2026-02-28T16:00:00.000Z" });
  // The night the clocks go forward has 23 hours.
  expect(between("2026-03-29", "2026-03-29", "Europe/Berlin")).toEqual({ from: "2026-03-28T23:00:00.000Z", until: "2026-03-29T22:00:00.000Z" });
  expect(between(undefined, undefined, "UTC")).toEqual({});
});

test("only days are days", () => {
  expect(["2026-02-28", "2026-2-8", "yesterday", "2026-13-01"].map(isDay)).toEqual([true, false, false, false]);
});
