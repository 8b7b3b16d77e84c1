/** Reading a lift result: which of its intervals is the change of spend. Pure. */
import type { Schemas } from "@/api/client";

type Result = Schemas["LiftResult"];
export type Interval = Schemas["LiftInterval"];

/** The change of spend a person, from the comparison that was made. */
export function changeOf(result: Result): Interval | undefined {
  return result.randomised?.change ?? result.matched?.change ?? undefined;
}

export interface Named {
  key: "change" | "value" | "rate";
  interval: Interval;
}

/** Every interval there is, the change first. */
export function intervalsOf(result: Result): Named[] {
  const made = result.randomised ?? result.matched;
  if (!made) return [];
  return [
    ...(made.change ? [{ key: "change" as const, interval: made.change }] : []),
    { key: "value" as const, interval: made.value_minor },
    { key: "rate" as const, interval: made.rate },
  ];
}
