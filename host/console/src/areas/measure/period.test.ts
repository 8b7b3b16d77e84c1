import { expect, test } from "vitest";
import { anchor, categoryAt, span, step } from "./period";

const now = new Date("2026-11-22T12:00:00Z");

test("periods end now while there is something new, else after the last month with anything", () => {
  expect(anchor(now, [{ key: "2026-11", value: 3 }])).toEqual(now);
  expect(anchor(now, [{ key: "2017-12", value: 5 }, { key: "2018-01", value: 0 }])).toEqual(new Date("2018-01-01T00:00:00Z"));
  expect(anchor(now, [])).toEqual(now);
});

test("a period is as long as it says, and everything has no bounds", () => {
  expect(span("30d", now)).toEqual({ start: "2026-10-23T12:00:00.000Z", end: now.toISOString() });
  expect(span("all", now)).toEqual({});
  expect([step("30d"), step("90d"), step("all")]).toEqual(["day", "week", "month"]);
});

test("a day falls into its own step of a chart, or into none", () => {
  expect(categoryAt("2017-10-08", "week", ["2017-10-02", "2017-10-09"])).toBe(0);
  expect(categoryAt("2017-10-09", "week", ["2017-10-02", "2017-10-09"])).toBe(1);
  expect(categoryAt("2017-12-24", "week", ["2017-10-02", "2017-10-09"])).toBeUndefined();
  expect(categoryAt("2017-10-31", "month", ["2017-09", "2017-10"])).toBe(1);
  expect(categoryAt("2017-10-01", "day", ["2017-10-02"])).toBeUndefined();
});
