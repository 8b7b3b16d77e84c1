/** The checks of `/readyz`. It stands outside the API and its document, so nothing is taken for granted of its shape. */
export interface Check {
  name: string;
  good: boolean;
}

/** Whether it sends is said by `/host`, with the reason. */
const ELSEWHERE = ["sends"];

export function checksOf(ready: unknown): Check[] {
  if (typeof ready !== "object" || ready === null) return [];
  return Object.entries(ready).flatMap(([name, value]) => (typeof value === "boolean" && !ELSEWHERE.includes(name) ? [{ name, good: value }] : []));
}
