/** Which models a person chose, and what the API is asked for. Pure. */
import type { Schemas } from "@/api/client";
import { patchOf } from "@/areas/plugins/settings/schema";

/** An installation, the rules chosen of it where it offers several, and settings of this run's own. */
export interface ModelChoice {
  installation: string;
  /** The values of its setting `model`; none where it has no choice of them. */
  rules: string[];
  before: Record<string, unknown>;
  settings: Record<string, unknown>;
}

/** The setting by which the API itself tells the models of one installation apart. */
const RULE = "model";

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The rules an installation's settings offer. */
export function rulesOf(schema: unknown): string[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const rule = schema.properties[RULE];
  return isObject(rule) && Array.isArray(rule.enum) ? rule.enum.filter((one) => typeof one === "string") : [];
}

/** The schema without the rule, which has its own field. */
export function withoutRule(schema: unknown): Record<string, unknown> {
  if (!isObject(schema) || !isObject(schema.properties)) return { type: "object", properties: {} };
  return { ...schema, properties: Object.fromEntries(Object.entries(schema.properties).filter(([name]) => name !== RULE)) };
}

/** One model for every rule chosen; only what differs from the installation's settings is said. */
export function modelsOf(choices: ModelChoice[]): Schemas["AttributionModel"][] {
  return choices.flatMap(({ installation, rules, before, settings }) => {
    const own = patchOf(before, settings, []);
    const each = rules.length > 0 ? rules.map((rule) => ({ ...own, [RULE]: rule })) : [own];
    return each.map((one) => ({ installation, settings: one as Record<string, never> }));
  });
}
