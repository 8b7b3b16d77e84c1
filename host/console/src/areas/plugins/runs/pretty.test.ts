import { expect, test } from "vitest";
import { pretty } from "./pretty";

test("long lists and texts are cut in sight, JSON in a text is opened", () => {
  expect(JSON.parse(pretty(Array.from({ length: 25 }, (_, at) => at)))).toHaveLength(21);
  expect(pretty("x".repeat(5_000)).length).toBeLessThan(2_010);
  expect(JSON.parse(pretty({ settings: '{"order":1}' }))).toEqual({ settings: { order: 1 } });
  expect(JSON.parse(pretty("{not json"))).toBe("{not json");
  expect(pretty(undefined)).toBe("—");
});
