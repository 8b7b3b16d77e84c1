/** What an installed report says of itself: its title and the schema of its parameters, in one language. Pure. */
import type { Schemas } from "@/api/client";

interface Described {
  title: string;
  parameters: unknown;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The document leaves the shape of `described` open: whatever is missing is nothing to fill in. */
export function describedIn(installation: Pick<Schemas["Installation"], "name" | "active">, language: string): Described {
  const described: unknown = installation.active?.described;
  const report = isObject(described) && isObject(described.report) ? described.report : {};
  const own = report[language] ?? report.en ?? Object.values(report)[0];
  const none = { title: installation.name, parameters: { type: "object", properties: {} } };
  if (!isObject(own)) return none;
  return { title: typeof own.title === "string" && own.title !== "" ? own.title : none.title, parameters: withoutLocale(own.parameters ?? none.parameters) };
}

/** The language is asked for once, for the whole run. */
function withoutLocale(schema: unknown): unknown {
  if (!isObject(schema) || !isObject(schema.properties)) return schema;
  return { ...schema, properties: Object.fromEntries(Object.entries(schema.properties).filter(([name]) => name !== LOCALE)) };
}

const LOCALE = "locale";

/** The parameters of a run: fields left empty are left out. */
export function parametersOf(values: Record<string, unknown>): Record<string, never> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "")) as Record<string, never>;
}

/** Parameters that are needed and not there: the host starts a run without asking the schema. */
export function missing(schema: unknown, values: Record<string, unknown>): string[] {
  if (!isObject(schema) || !Array.isArray(schema.required)) return [];
  const given = parametersOf(values);
  return schema.required.filter((name): name is string => typeof name === "string" && name !== LOCALE && !(name in given));
}
