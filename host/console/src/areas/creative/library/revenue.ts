/** Amounts as the library answers them: its document says objects, each an amount of money. */
import type { Formats } from "@/words";

interface Amount {
  minor: number;
  currency: string;
}

function isAmount(value: unknown): value is Amount {
  return typeof value === "object" && value !== null && "minor" in value && typeof value.minor === "number" && "currency" in value && typeof value.currency === "string";
}

export function revenue(f: Formats, amounts: unknown): string {
  const list = (Array.isArray(amounts) ? amounts : [amounts]).filter(isAmount);
  return list.length === 0 ? "—" : list.map((one) => f.money(one.minor, one.currency)).join(" + ");
}
