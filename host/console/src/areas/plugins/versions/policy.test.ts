import { expect, test } from "vitest";
import { differing } from "./policy";

test("only what two policies say otherwise is shown, an absent bound as none", () => {
  expect(differing({ updates: "ask", canary: { percent: 10 }, breaker: {} }, { updates: "canary", canary: { percent: 10 }, breaker: { consecutive: 3 } })).toEqual([
    { path: "updates", a: "ask", b: "canary" },
    { path: "breaker.consecutive", a: "—", b: "3" },
  ]);
  expect(differing({ breaker: { consecutive: null } }, {})).toEqual([]);
});
