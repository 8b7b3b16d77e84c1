/** Dates, numbers and money as the language writes them, in the workspace's zone and currency. */
import type { Language } from "./say";

export interface Place {
  language: Language;
  zone: string;
}

const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

export function formats({ language, zone }: Place) {
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: zone });
  const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const at = (text: string | null | undefined, how: Intl.DateTimeFormat) => (text ? how.format(new Date(text)) : "—");
  return {
    zone,
    date: (text: string | null | undefined) => at(text, date),
    time: (text: string | null | undefined) => at(text, time),
    /** A sentence of the API: the instants in it as everywhere else. */
    told: (sentence: string) => sentence.replace(INSTANT, (text) => at(text, time)),
    number: (value: number | null | undefined) => (value === null || value === undefined ? "—" : whole.format(value)),
    percent: (value: number | null | undefined) => (value === null || value === undefined ? "—" : percent.format(value)),
    compact: (value: number) => compact.format(value),
    money: (minor: number | null | undefined, currency: string) => money(language, minor, currency),
    /** A metric's value by the unit the catalogue gives it. */
    value: (value: number | null | undefined, unit: string) => {
      if (value === null || value === undefined) return "—";
      if (unit.startsWith("money:")) return money(language, value, unit.slice("money:".length));
      return unit === "ratio" ? percent.format(value) : whole.format(value);
    },
    /** Microseconds as people read them. */
    took: (us: number) => (us < 1_000 ? `${us} µs` : us < 1_000_000 ? `${whole.format(us / 1_000)} ms` : `${whole.format(us / 1_000_000)} s`),
    bytes: (bytes: number) => size(bytes, whole),
  };
}

export type Formats = ReturnType<typeof formats>;

function money(language: Language, minor: number | null | undefined, currency: string): string {
  if (minor === null || minor === undefined) return "—";
  const how = new Intl.NumberFormat(language, { style: "currency", currency });
  return how.format(minor / 10 ** (how.resolvedOptions().maximumFractionDigits ?? 2));
}

/** How many minor units make one: 100 for USD, 1 for JPY. */
export function minorUnits(currency: string): number {
  return 10 ** (new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2);
}

function size(bytes: number, whole: Intl.NumberFormat): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${whole.format(Math.round(value * 10) / 10)} ${units[unit]}`;
}
