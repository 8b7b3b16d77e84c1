/** The library keeps what may be several as words parted by commas; people see them one by one. */
import type { Schemas } from "@/api/client";

export type Creative = Schemas["Creative"];

/** The fields that hold several words. */
export const SEVERAL = ["objectives", "channel", "season", "theme", "categories", "audience"] as const;
/** The fields that hold one word each, of the team's own. */
export const SINGLE = ["campaign_type", "interaction"] as const;

export type WordField = (typeof SEVERAL)[number] | (typeof SINGLE)[number];

export const apart = (words: string | null | undefined): string[] => (words ?? "").split(/[,，]/).map((word) => word.trim()).filter(Boolean);
export const together = (words: string[]): string => words.map((word) => word.trim()).filter(Boolean).join(", ");

/** The words that the library uses in a field already, each once, in the language's order. */
export function used(creatives: Creative[] | undefined, field: WordField): { value: string; label: string }[] {
  const words = new Set((creatives ?? []).flatMap((one) => apart(one[field])));
  return [...words].sort((a, b) => a.localeCompare(b)).map((value) => ({ value, label: value }));
}
