/** An OAuth2 account among a plugin's settings: which parts its way of getting a token needs. Sealed as one, so given as one. */

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** The parts as the API calls them. */
export const PARTS = ["client-id", "client-secret", "refresh-token", "key", "subject"] as const;
export type Part = (typeof PARTS)[number];

/** What each way of getting a token asks for; the second list may be left out. */
const NEEDS: Record<string, [needed: Part[], allowed: Part[]]> = {
  "client-credentials": [["client-id", "client-secret"], []],
  "refresh-token": [["client-id", "refresh-token"], ["client-secret"]],
  "jwt-bearer": [["key"], ["client-id", "subject"]],
};

export interface Account {
  parts: { part: Part; needed: boolean }[];
  /** Where the host fetches the token; may name another setting. */
  tokenUrl: string;
  scopes: string[];
}

/** What the schema says of an account; of a way that is not known here, every part is offered. */
export function accountOf(schema: unknown): Account | undefined {
  if (!isObject(schema) || schema.format !== "oauth2") return undefined;
  const spec = isObject(schema.oauth2) ? schema.oauth2 : {};
  const [needed, allowed] = NEEDS[String(spec.grant)] ?? [[], [...PARTS]];
  return {
    parts: PARTS.filter((part) => needed.includes(part) || allowed.includes(part)).map((part) => ({ part, needed: needed.includes(part) })),
    tokenUrl: typeof spec["token-url"] === "string" ? spec["token-url"] : "",
    scopes: Array.isArray(spec.scopes) ? spec.scopes.filter((one) => typeof one === "string") : [],
  };
}

/** The parts that were typed. */
export function givenParts(value: unknown): Partial<Record<Part, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([part, text]) => (typeof text === "string" && text.trim() !== "" ? [[part, text.trim()]] : [])));
}
