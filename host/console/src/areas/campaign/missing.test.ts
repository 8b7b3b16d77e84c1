import { expect, test } from "vitest";
import { missedFor } from "./Missing";

test("whom nobody writes to again is not among the missing", () => {
  const rows = [
    { state: "accepted" as const, count: 900 },
    { state: "not_sent" as const, reason: "held_out" as const, count: 60 },
    { state: "not_sent" as const, reason: "suppressed" as const, count: 5 },
    { state: "not_sent" as const, reason: "capped" as const, count: 7 },
    { state: "uncertain" as const, count: 4 },
    { state: "rejected" as const, count: 9 },
    { state: "not_sent" as const, reason: "no_address" as const, count: 0 },
  ];
  expect(missedFor(rows)).toEqual([
    { key: "rejected", count: 9 },
    { key: "capped", count: 7 },
  ]);
});
