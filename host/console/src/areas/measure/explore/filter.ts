/** Filters as they stand in the address, `dimension:key`, and as the catalogue is asked. Pure. */
/** No breakdown: one figure. */
export const WHOLE = "none";

interface Filter {
  dimension: string;
  key: string;
  raw: string;
}

export function read(where: string[]): Filter[] {
  return where.filter((raw) => raw.includes(":")).map((raw) => ({ dimension: raw.slice(0, raw.indexOf(":")), key: raw.slice(raw.indexOf(":") + 1), raw }));
}

/** Several values of one dimension are "any of them"; dimensions the metric does not have are left out. */
export function filterOf(where: string[], dimensions: string[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { dimension, key } of read(where)) {
    if (!dimensions.includes(dimension)) continue;
    found[dimension] = [...(found[dimension] ?? []), key];
  }
  return found;
}
