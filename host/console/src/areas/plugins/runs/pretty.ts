/** JSON as people read it: JSON inside texts opened, long lists and texts cut in sight (the fixture has them whole). */
const ITEMS_MAX = 20;
const TEXT_MAX = 2_000;
const DEPTH_MAX = 12;

export function pretty(value: unknown): string {
  return JSON.stringify(short(value, 0), null, 1) ?? "—";
}

function short(value: unknown, depth: number): unknown {
  if (typeof value === "string") return text(value, depth);
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEPTH_MAX) return "…";
  if (Array.isArray(value)) {
    const shown = value.slice(0, ITEMS_MAX).map((one) => short(one, depth + 1));
    return value.length > ITEMS_MAX ? [...shown, `… ${String(value.length - ITEMS_MAX)}`] : shown;
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, short(one, depth + 1)]));
}

function text(value: string, depth: number): unknown {
  if (/^\s*[{[]/.test(value) && value.length < 100_000) {
    try {
      return short(JSON.parse(value), depth + 1);
    } catch {
      // It only looks like JSON.
    }
  }
  return value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…` : value;
}
