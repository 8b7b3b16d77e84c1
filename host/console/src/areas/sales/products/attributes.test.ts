import { expect, test } from "vitest";
import { attributesOf, rowsOf } from "./attributes";

test("what was not touched keeps its kind, what was is a text", () => {
  const before = { size: 12, colour: "red", parts: ["a", "b"], gone: true };
  const rows = rowsOf(before);
  expect(rows).toContainEqual({ key: "parts", value: '["a","b"]' });
  const kept = rows.filter((one) => one.key !== "gone").map((one) => (one.key === "colour" ? { ...one, value: "7" } : one));
  expect(attributesOf([...kept, { key: "new", value: "1" }], before)).toEqual({ size: 12, colour: "7", parts: ["a", "b"], new: "1" });
});
