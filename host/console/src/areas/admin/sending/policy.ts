/** A delivery policy as a form holds it and as the API takes it: shares are percentages to people. */
import type { Schemas } from "@/api/client";

export type Rules = Schemas["PolicyRules"];
export type Parts = Schemas["PolicyParts"];

export const PARTS = ["caps", "quiet_hours", "barred", "auto_pause"] as const;
export type Part = (typeof PARTS)[number];

export interface PolicyValues {
  caps: Schemas["Cap"][];
  quiet: boolean;
  quiet_hours: Schemas["QuietHours"];
  barred: Schemas["Barred"][];
  auto_pause: { hard_bounces: number; complaints: number; after: number };
}

const EVENING = { from: "21:00", to: "08:00", channels: [] };
/** 0.003 is 0.3 % and not 0.30000000000000004 %. */
const round = (value: number) => Math.round(value * 1e6) / 1e6;

export function valuesOf(rules: Rules): PolicyValues {
  const { hard_bounces = 0, complaints = 0, after = 0 } = rules.auto_pause ?? {};
  return {
    caps: rules.caps ?? [],
    quiet: Boolean(rules.quiet_hours),
    quiet_hours: rules.quiet_hours ?? EVENING,
    barred: rules.barred ?? [],
    auto_pause: { hard_bounces: round(hard_bounces * 100), complaints: round(complaints * 100), after },
  };
}

export function rulesOf(values: PolicyValues): Required<Rules> {
  const { hard_bounces, complaints, after } = values.auto_pause;
  return {
    caps: values.caps.map(({ sends, days, channel, topic }) => ({ sends, days, channel: channel || null, topic: topic || null })),
    quiet_hours: values.quiet ? { ...values.quiet_hours, channels: values.quiet_hours.channels ?? [] } : null,
    barred: values.barred.map(({ region, channel }) => ({ region, channel: channel || null })),
    auto_pause: { hard_bounces: round(hard_bounces / 100), complaints: round(complaints / 100), after },
  };
}

/** The parts that a unit sets itself: what is absent is as it is above, and `null` quiet hours are none. */
export const ownParts = (parts: Parts): Part[] => PARTS.filter((part) => parts[part] !== undefined);

/** Only the chosen parts, for a unit. */
export function partsOf(values: PolicyValues, own: readonly Part[]): Parts {
  return Object.fromEntries(Object.entries(rulesOf(values)).filter(([part]) => own.some((one) => one === part)));
}
