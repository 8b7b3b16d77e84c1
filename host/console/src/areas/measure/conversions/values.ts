/** A conversion definition as a form holds it, flat, and as the API takes it. Pure. */
import type { Schemas } from "@/api/client";

type Definition = Schemas["ConversionDefinition"];
type Rule = Schemas["ConversionRule"];

export const FIELDS = ["name", "on", "of", "offer", "written_to", "event", "value", "fixed_minor", "counting", "window_days"] as const;

export interface Values {
  name: string;
  code?: string | undefined;
  on: Rule["on"];
  of?: Schemas["ConversionOrders"] | undefined;
  offer?: string | undefined;
  written_to?: boolean | undefined;
  /** The event's name. */
  event?: string | undefined;
  value: Rule["value"];
  fixed_minor?: number | null | undefined;
  counting: Schemas["ConversionCounting"];
  window_days: number;
}

export function valuesOf({ name, code, rule, counting, window_days }: Definition): Values {
  const shared = { name, code, counting, window_days, on: rule.on, value: rule.value, fixed_minor: rule.fixed_minor };
  return rule.on === "order" ? { ...shared, of: rule.of, offer: rule.offer ?? undefined, written_to: rule.written_to ?? false } : { ...shared, event: rule.name };
}

/** Only what belongs to the kind of rule is said: a field that was filled in and then hidden is not. */
export function bodyOf(values: Values) {
  const { name, counting, window_days } = values;
  return { name, counting, window_days, rule: ruleOf(values) };
}

function ruleOf({ on, of = "any", offer, written_to, event = "", value, fixed_minor }: Values): Rule {
  const fixed = value === "fixed" ? { fixed_minor: fixed_minor ?? null } : {};
  if (on === "event") return { on, name: event, value: value === "fixed" ? "fixed" : "event-value", ...fixed };
  return {
    on,
    of,
    value: value === "event-value" ? "order-total" : value,
    ...(of === "offer" && { offer: offer ?? null }),
    ...(of === "campaign-offers" && { written_to: written_to ?? false }),
    ...fixed,
  };
}
