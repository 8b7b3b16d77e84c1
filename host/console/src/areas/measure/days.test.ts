import { expect, test } from "vitest";
import { daysOf, instants } from "./days";

test("days are those of the workspace's zone, the last one whole", () => {
  expect(instants({ from: "2026-01-01", until: "2026-01-31" }, "Asia/Shanghai")).toEqual({ start: "2025-12-31T16:00:00.000Z", end: "2026-01-31T16:00:00.000Z" });
  expect(instants({ from: "2026-03-29", until: "2026-03-29" }, "Europe/Berlin")).toEqual({ start: "2026-03-28T23:00:00.000Z", end: "2026-03-29T22:00:00.000Z" });
  expect(instants({}, "UTC")).toEqual({});
});

test("a span goes back to the days it was made from", () => {
  const days = { from: "2026-10-01", until: "2026-10-25" };
  for (const zone of ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin"]) expect(daysOf(instants(days, zone), zone)).toEqual(days);
});
