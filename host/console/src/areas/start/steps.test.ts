import { expect, test } from "vitest";
import { after, before, codeFor, stepOf } from "./steps";

test("steps have an order with two ends", () => {
  expect([before("workspace"), after("workspace"), after("campaign")]).toEqual([undefined, "units", undefined]);
  expect(stepOf("nowhere")).toBeUndefined();
});

test("a unit's code is made of its name and is new", () => {
  expect(codeFor("Store Nürnberg 2", [])).toBe("store-nu-rnberg-2");
  expect(codeFor("Sales", ["sales"])).toBe("sales-2");
  expect(codeFor("上海门店", ["unit-2"])).toBe("unit-3");
});
