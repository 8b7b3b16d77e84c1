/** Periods a person chooses, as instants for the metrics catalogue. */
export const PERIODS = ["30d", "90d", "365d", "all"] as const;
export type Period = (typeof PERIODS)[number];

const DAY_MS = 86_400_000;

export interface Span {
  start?: string;
  end?: string;
}

/** The days up to `end`; "all" has no bound. */
export function span(period: Period, end: Date): Span {
  if (period === "all") return {};
  const days = Number.parseInt(period, 10);
  return { start: new Date(end.getTime() - days * DAY_MS).toISOString(), end: end.toISOString() };
}

/** Steps of a chart that people can take in at a glance. */
export function step(period: Period): "day" | "week" | "month" {
  return period === "30d" ? "day" : period === "90d" ? "week" : "month";
}

/**
 * Where periods end: now, or after the last month that holds anything, where
 * that is over: a year loaded from the past is then shown, not nine years of nothing.
 */
export function anchor(now: Date, months: { key: string; value: number }[]): Date {
  const last = months.filter((one) => one.value > 0).map((one) => one.key).sort().at(-1);
  const [year, month] = (last ?? "").split("-").map(Number);
  if (!year || !month) return now;
  const end = new Date(Date.UTC(year, month, 1));
  return end < now ? end : now;
}

/** The other span a chart can show beside the chosen one. */
export const COMPARES = ["previous-period", "previous-year"] as const;
export type Compare = (typeof COMPARES)[number];

/** Dimensions that are time. */
export const TIMES = ["day", "week", "month"];

/** Which category of a chart by day, week or month a day falls into, if any. */
export function categoryAt(day: string, by: string, categories: string[]): number | undefined {
  const weekLater = (start: string) => new Date(Date.parse(start) + 7 * DAY_MS).toISOString().slice(0, 10);
  const at = categories.findIndex((one) => (by === "month" ? day.startsWith(one) : by === "week" ? one <= day && day < weekLater(one) : one === day));
  return at < 0 ? undefined : at;
}
