/** Campaigns by the months they run in. */
import type { Schemas } from "@/api/client";

type Dated = Pick<Schemas["Campaign"], "starts_at" | "ends_at" | "launched_at">;

/** When it begins, as `2026-03` of the zone; none for a draft without a day. */
function monthOf(at: string | null | undefined, zone: string): string | undefined {
  if (!at) return undefined;
  // The Swedish way of writing a day is the ISO one.
  return new Intl.DateTimeFormat("sv", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at)).slice(0, 7);
}

const begins = (one: Dated, zone: string) => monthOf(one.starts_at ?? one.launched_at, zone);

export function yearsOf(campaigns: Dated[], zone: string): number[] {
  const years = campaigns.flatMap((one) => begins(one, zone)?.slice(0, 4) ?? []);
  return [...new Set(years)].sort().map(Number);
}

/** The months of a year in which any begins, each with those that do, the earliest first. */
export function monthsOf<T extends Dated>(campaigns: T[], year: number, zone: string): { month: string; items: T[] }[] {
  const months = new Map<string, T[]>();
  const start = (one: Dated) => one.starts_at ?? one.launched_at ?? "";
  for (const one of [...campaigns].sort((a, b) => start(a).localeCompare(start(b)))) {
    const month = begins(one, zone);
    if (month?.startsWith(`${String(year)}-`)) months.set(month, [...(months.get(month) ?? []), one]);
  }
  return [...months].map(([month, items]) => ({ month, items }));
}
