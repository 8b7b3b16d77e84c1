import { expect, test } from "vitest";
import { bodyOf, rescaled, totalMinor } from "./newOrder";

test("a figure reads the same in another currency", () => {
  expect(rescaled([{ sku: "a", amount_minor: 500, discount_minor: 25 }], "USD", "JPY")).toEqual([{ sku: "a", amount_minor: 5, discount_minor: 0 }]);
  expect(rescaled([{ amount_minor: 5 }], "JPY", "USD")).toEqual([{ amount_minor: 500, discount_minor: undefined }]);
  expect(rescaled([{ sku: "a", amount_minor: 500, discount_minor: null }], "USD", "EUR")).toEqual([{ sku: "a", amount_minor: 500, discount_minor: null }]);
});

test("the total is the sum of what was paid, as far as it is typed", () => {
  expect(totalMinor([{ amount_minor: 500 }, undefined, { amount_minor: null }, { amount_minor: 250 }])).toBe(750);
  expect(totalMinor(undefined)).toBe(0);
});

test("what was left out is said plainly", () => {
  expect(bodyOf({ number: " A-1 ", currency: "USD", items: [{ sku: "s", amount_minor: 500 }] })).toEqual({
    number: "A-1",
    currency: "USD",
    at: null,
    contact: null,
    sales_channel: null,
    items: [{ sku: "s", quantity: 1, amount_minor: 500, discount_minor: 0 }],
  });
});
