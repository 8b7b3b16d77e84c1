import { expect, test } from "vitest";
import { wordsIn } from "@/words";
import { conditionInWords, ruleInWords } from "./ruleWords";

const en = wordsIn("en", "UTC");
const zh = wordsIn("zh-CN", "UTC");

test("a condition is a sentence in both languages", () => {
  const order = { on: "order", department: ["GROCERY", "DELI"], within_days: 365, sum_minor: { op: "gte", value: 247240, currency: "USD" } };
  expect(conditionInWords(order, en)).toBe("Ordered, Department: GROCERY / DELI, for how much at least $2,472.40, in the last 365 days");
  expect(conditionInWords(order, zh)).toBe("下过订单，部门：GROCERY / DELI，金额不小于US$2,472.40，最近 365 天");
  expect(conditionInWords({ on: "contact", field: "locale", op: "is", value: "zh-CN" }, en)).toBe("Language is zh-CN");
  expect(conditionInWords({ on: "contact", field: "created_at", op: "in_last_days", value: 30 }, en)).toBe("Known since: in the last 30 days");
  expect(conditionInWords({ on: "consent", channel: "email", topic: "*", state: "granted" }, en)).toBe("Consent for email (every topic): granted");
});

test("a rule reads line by line; a group of one reads as that one", () => {
  const tag = { on: "tag", name: "vip" };
  expect(ruleInWords({ all: [tag] }, en)).toBe(ruleInWords(tag, en));
  expect(ruleInWords({ any: [tag, { not: tag }] }, en)).toBe("Any of these:\n  Has the tag “vip”\n  Not:\n    Has the tag “vip”");
  expect(ruleInWords({ all: [] }, zh)).toBe("全部客户");
});

test("a filter that the words do not know is still shown", () => {
  expect(conditionInWords({ on: "event", name: "Signed Up", sales_channel: "web", count: { op: "gte", value: 2 } }, en)).toContain("sales_channel: web");
});

test("what was sent is told by the campaign's name and the ledger's own words", () => {
  const missed = { on: "send", campaign: "c1", state: "not_sent", reason: ["capped", "no_consent"] };
  expect(conditionInWords(missed, en, () => "Spring")).toBe("In the ledger (send), Campaign: Spring, State of the send: not sent, Why not sent: over the frequency cap / no consent");
  expect(conditionInWords(missed, zh)).toBe("有发送记录，营销活动：c1，发送状态：未发，未发原因：超频未发 / 未获同意");
});
