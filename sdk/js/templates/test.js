// Plain tests of what needs no host; `rialto plugin test` runs the plugin itself under the real one.
import assert from "node:assert/strict";
import test from "node:test";
import { bytes, read, rows } from "../src/rialto.js";

test("texts leave as UTF-8", () => {
  const text = "a é 好 𠮷 \u{10ffff}";
  assert.deepEqual([...bytes(text)], [...new TextEncoder().encode(text)]);
});

test("settings are a JSON object or a fault", () => {
  assert.deepEqual(read("settings", '{"a": 1}'), { a: 1 });
  assert.throws(() => read("settings", "[]"), (fault) => fault.code === "bad-settings");
});

test("a withheld number is no number", () => {
  const answer = { tag: "ok", val: { unit: "count", keys: ["email", "sms"], values: [7, 0], hidden: [false, true], options: [] } };
  assert.deepEqual(rows(answer).map((row) => row.value), [7, null]);
});
