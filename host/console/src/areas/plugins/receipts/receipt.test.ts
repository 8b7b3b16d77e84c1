import { expect, test } from "vitest";
import { receiptOf } from "./receipt";

test("a receipt is found by its mark, wrapped or not, and nothing else is taken for one", () => {
  const receipt = { "rialto-receipt": 1, signature: "00" };
  expect(receiptOf(JSON.stringify(receipt))).toEqual(receipt);
  expect(receiptOf(`\uFEFF${JSON.stringify({ receipt })}`)).toEqual(receipt);
  expect(receiptOf("{}")).toBeUndefined();
  expect(receiptOf("not json")).toBeUndefined();
  expect(receiptOf("null")).toBeUndefined();
});
