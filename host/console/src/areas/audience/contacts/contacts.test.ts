import { expect, test } from "vitest";
import { isMasked } from "./mask";
import { kindOf } from "./trait";

test("a mask is told from a value", () => {
  expect(["138****1234", "h***@example.com"].every(isMasked)).toBe(true);
  expect(["13812341234", "a*b@example.com", ""].some(isMasked)).toBe(false);
});

test("a trait's kind is read off its value", () => {
  expect([kindOf("tea"), kindOf(3), kindOf(false), kindOf("2026-01-01T00:00:00Z"), kindOf("2026-01-01")]).toEqual(["text", "number", "bool", "instant", "text"]);
});
