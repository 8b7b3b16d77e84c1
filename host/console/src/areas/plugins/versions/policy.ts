/** The policy's fields by name, for a conflict that shows both sides. */
import type { Schemas } from "@/api/client";

type Policy = Schemas["RolloutPolicy"];

export const FIELDS = [
  "updates",
  "failure",
  "crash_loop",
  "canary.percent",
  "canary.runs",
  "canary.seconds",
  "canary.held",
  "canary.failures",
  "canary.failure_points",
  "canary.wrong_answers",
  "canary.cost_percent",
  "canary.cost_runs",
  "canary.cost_floor_us",
  "breaker.consecutive",
  "breaker.window_percent",
  "breaker.cpu_ms_per_minute",
  "breaker.failed_cpu_ms",
] as const;

export type PolicyField = (typeof FIELDS)[number];

/** Where two policies say something else. */
export function differing(a: Policy, b: Policy): { path: PolicyField; a: string; b: string }[] {
  const said = (policy: Policy, path: PolicyField): string => {
    const value: unknown = path.split(".").reduce<unknown>((within, name) => (typeof within === "object" && within !== null ? (within as Record<string, unknown>)[name] : undefined), policy);
    return value === undefined || value === null ? "—" : String(value);
  };
  return FIELDS.flatMap((path) => {
    const [one, other] = [said(a, path), said(b, path)];
    return one === other ? [] : [{ path, a: one, b: other }];
  });
}
