import { expect, test } from "vitest";
import { fromBuilder, toBuilder } from "./rule";

const order = { on: "order", within_days: 365, sum_minor: { op: "gte", value: 247240, currency: "USD" }, brand: ["own"] };
const tag = { on: "tag", name: "vip" };

test.each([
  [order],
  [{ any: [order, tag] }],
  [{ all: [order, { any: [tag, { on: "trait", key: "plan", op: "is", value: "pro" }] }] }],
  [{ all: [order, { not: { any: [tag, order] } }] }],
  [{ all: [] }],
])("a rule comes back from the builder as it was", (rule) => {
  expect(fromBuilder(toBuilder(rule))).toEqual(rule);
});

test("a refusal of one condition keeps its meaning", () => {
  expect(fromBuilder(toBuilder({ all: [order, { not: tag }] }))).toEqual({ all: [order, { not: tag }] });
  expect(fromBuilder(toBuilder({ not: tag }))).toEqual({ not: { all: [tag] } });
});

test("empty groups say nothing", () => {
  expect(fromBuilder({ combinator: "and", rules: [{ combinator: "or", rules: [] }, { field: "tag", operator: "=", value: tag }] })).toEqual(tag);
});
