/** The question as the recommender was given it, read from what the document calls an object. */
export interface Brief {
  objective: string;
  locale: string;
  at: string | undefined;
  campaign: string | undefined;
  offer: string | undefined;
  segment: string | undefined;
  candidates: number | undefined;
  facts: [string, string][];
}

type Raw = Record<string, unknown>;

const isRaw = (value: unknown): value is Raw => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (raw: Raw, name: string): string | undefined => (typeof raw[name] === "string" && raw[name] !== "" ? raw[name] : undefined);

export function briefOf(value: unknown): Brief {
  const raw = isRaw(value) ? value : {};
  const facts = isRaw(raw.facts) ? Object.entries(raw.facts) : [];
  return {
    objective: text(raw, "objective") ?? "",
    locale: text(raw, "locale") ?? "",
    at: text(raw, "at"),
    campaign: text(raw, "campaign"),
    offer: text(raw, "offer"),
    segment: isRaw(raw.of) ? text(raw.of, "segment") : undefined,
    candidates: typeof raw.candidates === "number" ? raw.candidates : undefined,
    facts: facts.map(([name, fact]) => [name, Array.isArray(fact) ? fact.join(", ") : String(fact)]),
  };
}
