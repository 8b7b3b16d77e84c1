import { expect, test } from "vitest";
import { modelsOf, rulesOf, withoutRule } from "./models";

const schema = { type: "object", properties: { model: { type: "string", enum: ["first", "last"] }, days: { type: "number", default: 7 } } };

test("an installation that offers rules becomes a model for each that is chosen", () => {
  expect(rulesOf(schema)).toEqual(["first", "last"]);
  expect(rulesOf({ type: "object" })).toEqual([]);
  expect(Object.keys(withoutRule(schema).properties as object)).toEqual(["days"]);
  const models = modelsOf([
    { installation: "a", rules: ["first", "last"], before: { days: 7 }, settings: { days: 3 } },
    { installation: "b", rules: [], before: { order: 1 }, settings: { order: 1 } },
  ]);
  expect(models).toEqual([
    { installation: "a", settings: { days: 3, model: "first" } },
    { installation: "a", settings: { days: 3, model: "last" } },
    { installation: "b", settings: {} },
  ]);
});
