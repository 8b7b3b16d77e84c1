/** The kinds of a trait's value, as JSON shows them; the API keeps the kind a key was given first. */
export const TRAIT_KINDS = ["text", "number", "bool", "instant"] as const;
export type TraitKind = (typeof TRAIT_KINDS)[number];

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

export function kindOf(value: unknown): TraitKind {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" && INSTANT.test(value) ? "instant" : "text";
}
