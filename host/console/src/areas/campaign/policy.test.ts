import { expect, test } from "vitest";
import { wordsIn } from "@/words";
import { policyInWords } from "./PolicyShown";

test("a policy is said in words", () => {
  const rules = {
    caps: [{ sends: 3, days: 7, channel: "email" }],
    quiet_hours: { from: "21:00", to: "08:00" },
    barred: [{ region: "CA" }],
    auto_pause: { hard_bounces: 0.05, complaints: 0.003, after: 100 },
  };
  expect(policyInWords(rules, wordsIn("en", "UTC"))).toEqual([
    "At most 3 messages to one person in 7 days (email)",
    "Nothing between 21:00 and 08:00, in the person's own zone (every channel)",
    "Nothing to people in CA (every channel)",
    "A campaign is held by itself when hard bounces pass 5% or complaints pass 0.3%, once 100 were tried",
  ]);
  expect(policyInWords({}, wordsIn("zh-CN", "UTC"))).toEqual(["没有触达频次上限", "没有勿扰时段"]);
});
