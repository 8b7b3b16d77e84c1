/**
 * A segment's rule as the API keeps it, and as the builder draws it. The builder
 * knows groups; a condition stays the JSON it was, so what the form does not
 * show is not lost.
 */
import type { RuleGroupType, RuleType } from "react-querybuilder";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Condition = { on: string; [key: string]: Json };

export const FAMILIES = ["contact", "trait", "tag", "consent", "identity", "snapshot", "event", "order", "redemption", "send"] as const;
export type Family = (typeof FAMILIES)[number];

/** A condition of a family that already holds together. */
export const FRESH: Record<Family, Condition> = {
  contact: { on: "contact", field: "locale", op: "is", value: "" },
  trait: { on: "trait", key: "", op: "is", value: "" },
  tag: { on: "tag", name: "" },
  consent: { on: "consent", channel: "email", topic: "*", state: "granted" },
  identity: { on: "identity", kind: "email" },
  snapshot: { on: "snapshot", id: "" },
  event: { on: "event", name: "", within_days: 90, count: { op: "gte", value: 1 } },
  order: { on: "order", within_days: 365, count: { op: "gte", value: 1 } },
  redemption: { on: "redemption", within_days: 365, count: { op: "gte", value: 1 } },
  send: { on: "send", within_days: 90, count: { op: "gte", value: 1 } },
};

function isObject(value: unknown): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** From the API's tree to the builder's. The top is always a group. */
export function toBuilder(rule: unknown): RuleGroupType {
  const node = toNode(rule);
  return "rules" in node ? node : { combinator: "and", rules: [node] };
}

function toNode(rule: unknown): RuleGroupType | RuleType {
  if (!isObject(rule)) return { combinator: "and", rules: [] };
  if ("on" in rule) return { field: String(rule.on), operator: "=", value: rule };
  if ("not" in rule) {
    const inner = toBuilder(rule.not);
    return inner.not ? { combinator: "and", not: true, rules: [inner] } : { ...inner, not: true };
  }
  const any = "any" in rule;
  const members = any ? rule.any : rule.all;
  return { combinator: any ? "or" : "and", rules: Array.isArray(members) ? members.map(toNode) : [] };
}

/** From the builder's tree to the API's; a group of one member is that member. */
export function fromBuilder(group: RuleGroupType): Json {
  return fromGroup(group, true);
}

function fromGroup(group: RuleGroupType, top: boolean): Json {
  const members = group.rules.flatMap((one): Json[] => {
    if (typeof one === "string") return [];
    if ("rules" in one) return one.rules.length === 0 ? [] : [fromGroup(one, false)];
    return isObject(one.value) ? [one.value] : [];
  });
  const [only] = members;
  const inner: Json =
    members.length === 1 && only !== undefined && (!top || group.not !== true)
      ? only
      : group.combinator === "or" && members.length > 0
        ? { any: members }
        : { all: members };
  return group.not ? { not: inner } : inner;
}
