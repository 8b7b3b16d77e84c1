import { expect, test } from "vitest";
import { describedIn, missing, parametersOf } from "./described";

const installation = (described: unknown) => ({ name: "mine", active: { described } }) as unknown as Parameters<typeof describedIn>[0];

test("a report is described in the language of the page, else in English", () => {
  const both = { report: { en: { title: "Campaign report", parameters: { type: "object", properties: { campaign: {}, locale: {} } } }, "zh-CN": { title: "营销活动报告" } } };
  expect(describedIn(installation(both), "zh-CN").title).toBe("营销活动报告");
  expect(describedIn(installation(both), "fr")).toEqual({ title: "Campaign report", parameters: { type: "object", properties: { campaign: {} } } });
});

test("whatever else a plugin says of itself breaks nothing", () => {
  for (const odd of [undefined, null, {}, { report: null }, { report: { en: "x" } }, { report: [] }]) {
    expect(describedIn(installation(odd), "en")).toEqual({ title: "mine", parameters: { type: "object", properties: {} } });
  }
});

test("empty fields are left out", () => {
  expect(parametersOf({ campaign: "a", from: "", until: undefined, n: 0 })).toEqual({ campaign: "a", n: 0 });
});

test("what is needed and not there is found", () => {
  const schema = { type: "object", required: ["campaign", "locale"], properties: {} };
  expect(missing(schema, {})).toEqual(["campaign"]);
  expect(missing(schema, { campaign: "" })).toEqual(["campaign"]);
  expect(missing(schema, { campaign: "a" })).toEqual([]);
  expect(missing("odd", {})).toEqual([]);
});
