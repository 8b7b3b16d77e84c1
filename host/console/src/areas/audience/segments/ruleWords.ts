/** One condition of a rule as a sentence. What the words do not know is shown as it stands, never left out. */
import type { Words } from "@/words";
import type { Json } from "./rule";

type Node = { [key: string]: Json };

const MEASURES = ["count", "sum_minor", "last_days_ago"];
/** Words of the API that have a name of their own. */
const CODES: Record<string, "send.state" | "send.reason"> = { state: "send.state", reason: "send.reason" };
/** Said elsewhere in the sentence. */
const SAID = ["on", "within_days", ...MEASURES];

/** What a campaign is called; its id where that is not known. */
type Called = (campaign: string) => string | undefined;

export function conditionInWords(node: Node, words: Words, called: Called = () => undefined): string {
  const { t, code } = words;
  const on = text(node.on);
  if (on === "contact") return tested(code("rule.contact", text(node.field)), node, words);
  if (on === "trait") return tested(text(node.key), node, words);
  if (on === "tag") return t("rule.say.tag", { name: text(node.name) });
  if (on === "identity") return t("rule.say.identity", { kind: code("identity", text(node.kind)) });
  if (on === "consent") {
    const topic = node.topic === "*" ? t("why.allTopics") : text(node.topic);
    return t("rule.say.consent", { channel: text(node.channel), topic, state: code("rule.consent", text(node.state)) });
  }
  return did(on, node, words, called);
}

/** A whole rule as lines, each level further in: for where only text fits. */
export function ruleInWords(rule: Json, words: Words, depth = 0): string {
  const { t } = words;
  const lead = "  ".repeat(depth);
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) return "";
  if ("not" in rule) return `${lead}${t("rule.say.not")}\n${ruleInWords(rule.not ?? null, words, depth + 1)}`;
  const any = "any" in rule;
  if (!any && !("all" in rule)) return lead + (rule.on === "snapshot" ? `${words.code("rule.on", "snapshot")}: ${text(rule.id)}` : conditionInWords(rule, words));
  const held = any ? rule.any : rule.all;
  const inner = Array.isArray(held) ? held : [];
  const [only] = inner;
  if (only === undefined) return lead + t("rule.say.everyone");
  if (inner.length === 1) return ruleInWords(only, words, depth);
  return [lead + t(any ? "rule.say.any" : "rule.say.all"), ...inner.map((one) => ruleInWords(one, words, depth + 1))].join("\n");
}

function tested(what: string, node: Node, { t, code, f }: Words): string {
  const op = text(node.op);
  if (op === "in_last_days") return t("rule.say.lastDays", { what, n: Number(node.value) });
  if (op === "in_next_days") return t("rule.say.nextDays", { what, n: Number(node.value) });
  if (op === "exists" || op === "missing") return t("rule.say.known", { what, op: code("rule.op", op) });
  return t("rule.say.test", { what, op: code("rule.op", op), value: shown(node.value, f.number) });
}

function did(on: string, node: Node, words: Words, called: Called): string {
  const { t, code, f } = words;
  const filters = Object.entries(node).filter(([name]) => !SAID.includes(name));
  const filtered = (name: string, value: Json): string => {
    if (Array.isArray(value)) return value.map((one) => filtered(name, one)).join(" / ");
    const held = shown(value, f.number);
    if (name === "campaign") return called(held) ?? held;
    const of = on === "send" ? CODES[name] : undefined;
    return of ? code(of, held) : held;
  };
  const tests = MEASURES.flatMap((measure) => {
    const test = node[measure];
    if (typeof test !== "object" || test === null || Array.isArray(test)) return [];
    const value = measure === "sum_minor" ? f.money(Number(test.value), text(test.currency) || "USD") : shown(test.value, f.number);
    return [t("rule.say.measure", { measure: code("rule.measure", measure), op: code("rule.compare", text(test.op)), value })];
  });
  return [
    code("rule.on", on),
    ...filters.map(([name, value]) => t("rule.say.filter", { name: code("rule.filter", name), values: filtered(name, value) })),
    ...tests,
    ...(typeof node.within_days === "number" ? [t("rule.say.within", { n: node.within_days })] : []),
  ].join(t("rule.say.comma"));
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}

function shown(value: Json | undefined, number: (value: number) => string): string {
  if (Array.isArray(value)) return value.map((one) => shown(one, number)).join(" / ");
  return typeof value === "number" ? number(value) : text(value);
}
