/** The small form of one condition. What it does not show (a rarer filter) stays in the condition untouched. */
import { Flex, Input, InputNumber, Select, Typography } from "antd";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useMay, workspaceQuery } from "@/api/me";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { SEND_REASONS, SEND_STATES } from "@/areas/campaign/states";
import { MoneyInput } from "@/parts/fields";
import { useWords, type Key, type Say } from "@/words";
import { SnapshotPicker } from "../snapshots/SnapshotPicker";
import type { Condition, Json } from "./rule";

interface Props {
  condition: Condition;
  onChange: (next: Condition) => void;
  disabled: boolean;
}

const CONTACT_FIELDS = ["name", "first_name", "last_name", "locale", "zone", "region", "created_at"] as const;
const TEXT_OPS = ["is", "is_not", "in", "not_in", "starts_with", "contains", "exists", "missing"] as const;
const TRAIT_OPS = [...TEXT_OPS, "lt", "lte", "gt", "gte", "between"] as const;
const TIME_OPS = ["in_last_days", "in_next_days"] as const;
const COMPARE = ["gte", "gt", "eq", "lte", "lt", "ne"] as const;
const IDENTITIES = ["email", "phone", "member", "external", "user_id", "open_id", "anonymous_id"] as const;
const CONSENTS = ["granted", "withdrawn", "none"] as const;
/** The filters that are drawn for each activity. */
const FILTERS: Record<string, readonly ("name" | "channel" | "department" | "category" | "brand" | "sku" | "offer")[]> = {
  event: ["name", "channel"],
  order: ["department", "category", "brand", "sku"],
  redemption: ["offer"],
  send: ["channel"],
};
/** Only these are of money. */
const PRICED = ["event", "order"];
const MEASURES = ["count", "sum_minor", "last_days_ago"] as const;
type Measure = (typeof MEASURES)[number];

function choices<T extends string>(values: readonly T[], t: Say, key: (value: T) => Key) {
  return values.map((value) => ({ value, label: t(key(value)) }));
}

export function ConditionFields({ condition, onChange, disabled }: Props) {
  const { t } = useWords();
  const set = (more: { [key: string]: Json }) => onChange({ ...condition, ...more });
  const text = (name: string) => (typeof condition[name] === "string" ? condition[name] : "");
  const field = (name: string, label: string) => (
    <Input aria-label={label} placeholder={label} value={text(name)} disabled={disabled} onChange={(event) => set({ [name]: event.target.value })} style={{ width: 180 }} />
  );
  const { on } = condition;
  if (on === "contact" || on === "trait") {
    const time = on === "contact" && condition.field === "created_at";
    const ops = time ? TIME_OPS : on === "trait" ? TRAIT_OPS : TEXT_OPS;
    return (
      <Flex gap={8} wrap align="center">
        {on === "trait" ? (
          field("key", t("rule.key"))
        ) : (
          <Select
            aria-label={t("rule.field")}
            value={text("field")}
            disabled={disabled}
            style={{ width: 150 }}
            options={choices(CONTACT_FIELDS, t, (value) => `rule.contact.${value}`)}
            onChange={(next) => set({ field: next, ...(next === "created_at" ? { op: "in_last_days", value: 30 } : { op: "is", value: "" }) })}
          />
        )}
        <Select
          aria-label={t("rule.op")}
          value={text("op")}
          disabled={disabled}
          style={{ width: 150 }}
          options={choices<(typeof TRAIT_OPS)[number] | (typeof TIME_OPS)[number]>(ops, t, (value) => `rule.op.${value}`)}
          onChange={(op) => onChange(withOp(condition, op))}
        />
        <Value condition={condition} set={set} disabled={disabled} />
      </Flex>
    );
  }
  if (on === "tag") return field("name", t("rule.tag"));
  if (on === "snapshot") return <SnapshotPicker value={text("id")} disabled={disabled} onChange={(id) => set({ id })} />;
  if (on === "identity") {
    return <Select aria-label={t("rule.identity")} value={text("kind")} disabled={disabled} style={{ width: 180 }} options={choices(IDENTITIES, t, (value) => `identity.${value}`)} onChange={(kind) => set({ kind })} />;
  }
  if (on === "consent") {
    return (
      <Flex gap={8} wrap>
        {field("channel", t("campaign.channel"))}
        {field("topic", t("campaign.topic"))}
        <Select aria-label={t("campaign.state")} value={text("state")} disabled={disabled} style={{ width: 140 }} options={choices(CONSENTS, t, (value) => `rule.consent.${value}`)} onChange={(state) => set({ state })} />
      </Flex>
    );
  }
  return <Activity {...{ condition, onChange, set, disabled }} />;
}

/** A change of the test keeps the value only where it still fits. */
function withOp(condition: Condition, op: string): Condition {
  const { value, ...rest } = condition;
  if (op === "exists" || op === "missing") return { ...rest, on: condition.on, op };
  if (op === "in" || op === "not_in") return { ...condition, op, value: Array.isArray(value) ? value : value ? [value] : [] };
  if (op === "between") return { ...condition, op, value: [0, 1] };
  if (["lt", "lte", "gt", "gte"].includes(op)) return { ...condition, op, value: typeof value === "number" ? value : 0 };
  return { ...condition, op, value: Array.isArray(value) ? (value[0] ?? "") : (value ?? "") };
}

function Value({ condition, set, disabled }: { condition: Condition; set: (more: { [key: string]: Json }) => void; disabled: boolean }) {
  const { t } = useWords();
  const { op, value } = condition;
  const label = t("rule.value");
  if (op === "exists" || op === "missing") return null;
  if (op === "between" && Array.isArray(value)) {
    return (
      <Flex gap={4} align="center">
        {[0, 1].map((at) => (
          <InputNumber
            key={at}
            aria-label={t(at === 0 ? "rule.from" : "rule.to")}
            disabled={disabled}
            value={typeof value[at] === "number" ? value[at] : 0}
            onChange={(next) => set({ value: value.map((old, place) => (place === at ? Number(next ?? 0) : old)) })}
          />
        ))}
      </Flex>
    );
  }
  if (Array.isArray(value)) {
    return <Select mode="tags" aria-label={label} placeholder={t("rule.values")} disabled={disabled} style={{ minWidth: 220 }} value={value.map(String)} onChange={(next: string[]) => set({ value: next })} />;
  }
  if (typeof value === "number") {
    return <InputNumber aria-label={label} value={value} disabled={disabled} onChange={(next) => set({ value: Number(next ?? 0) })} />;
  }
  return <Input aria-label={label} placeholder={label} value={String(value ?? "")} disabled={disabled} onChange={(event) => set({ value: event.target.value })} style={{ width: 180 }} />;
}

/** Of which campaign, and what became of it. */
function SendFilters({ condition, filter, disabled }: { condition: Condition; filter: (name: string, values: string[]) => void; disabled: boolean }) {
  const { t, code } = useWords();
  const may = useMay();
  const campaigns = useQuery({ ...campaignNamesQuery, enabled: may("campaign.read") });
  const lists = {
    campaign: (campaigns.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
    state: SEND_STATES.map((one) => ({ value: one as string, label: code("send.state", one) })),
    reason: SEND_REASONS.map((one) => ({ value: one as string, label: code("send.reason", one) })),
  };
  return (Object.keys(lists) as (keyof typeof lists)[]).map((name) => (
    <Select
      key={name}
      mode="multiple"
      aria-label={t(`rule.filter.${name}`)}
      placeholder={t(`rule.filter.${name}`)}
      disabled={disabled}
      style={{ minWidth: 160 }}
      popupMatchSelectWidth={false}
      optionFilterProp="label"
      options={lists[name]}
      value={listed(condition[name])}
      onChange={(next: string[]) => filter(name, next)}
    />
  ));
}

function listed(held: Json | undefined): string[] {
  return Array.isArray(held) ? held.map(String) : held ? [String(held)] : [];
}

function Activity({ condition, onChange, set, disabled }: Props & { set: (more: { [key: string]: Json }) => void }) {
  const { t } = useWords();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const measure: Measure = MEASURES.find((one) => one in condition) ?? "count";
  const test = condition[measure];
  const { op, value } = typeof test === "object" && test !== null && !Array.isArray(test) ? test : { op: "gte", value: 1 };
  const measures = PRICED.includes(condition.on) ? MEASURES : MEASURES.filter((one) => one !== "sum_minor");
  const say = (next: Measure, more: { [key: string]: Json }) => {
    const { count: _count, sum_minor: _sum, last_days_ago: _last, ...rest } = condition;
    onChange({ ...rest, on: condition.on, [next]: { op: op ?? "gte", value: value ?? 1, ...more, ...(next === "sum_minor" && { currency: workspace.currency }) } });
  };
  const filter = (name: string, values: string[]) => {
    const { [name]: _old, ...rest } = condition;
    onChange(values.length === 0 ? { ...rest, on: condition.on } : { ...rest, on: condition.on, [name]: values.length === 1 ? (values[0] ?? "") : values });
  };
  const days = condition.within_days;
  return (
    <Flex gap={8} wrap align="center">
      {condition.on === "send" && <SendFilters condition={condition} filter={filter} disabled={disabled} />}
      {(FILTERS[condition.on] ?? []).map((name) => (
        <Select
          key={name}
          mode="tags"
          aria-label={t(`rule.filter.${name}`)}
          placeholder={t(`rule.filter.${name}`)}
          disabled={disabled}
          style={{ minWidth: 140 }}
          value={listed(condition[name])}
          onChange={(next: string[]) => filter(name, next)}
        />
      ))}
      <Select aria-label={t("rule.measure")} value={measure} disabled={disabled} style={{ width: 150 }} options={choices(measures, t, (one) => `rule.measure.${one}`)} onChange={(next) => say(next, {})} />
      <Select aria-label={t("rule.op")} value={String(op)} disabled={disabled} style={{ width: 130 }} options={choices(COMPARE, t, (one) => `rule.compare.${one}`)} onChange={(next) => say(measure, { op: next })} />
      {measure === "sum_minor" ? (
        <MoneyInput label={t("rule.value")} currency={workspace.currency} value={Number(value)} disabled={disabled} onChange={(next) => say(measure, { value: next ?? 0 })} />
      ) : (
        <InputNumber aria-label={t("rule.value")} min={0} value={Number(value)} disabled={disabled} onChange={(next) => say(measure, { value: Number(next ?? 0) })} />
      )}
      {measure !== "last_days_ago" && (
        <>
          <Typography.Text>{t("rule.within")}</Typography.Text>
          <InputNumber
            aria-label={t("rule.within")}
            min={1}
            placeholder={t("rule.ever")}
            disabled={disabled}
            value={typeof days === "number" ? days : null}
            onChange={(next) => {
              if (next !== null) return set({ within_days: next });
              const { within_days: _days, ...rest } = condition;
              return onChange({ ...rest, on: condition.on });
            }}
          />
          <Typography.Text>{t("rule.days")}</Typography.Text>
        </>
      )}
    </Flex>
  );
}
