/** The first steps of a workspace, in their order, and what is typed in them until each is saved. */
export const STEPS = ["workspace", "units", "data", "channel", "test", "campaign"] as const;
export type Step = (typeof STEPS)[number];

/** Kept in the tab; a password never is. */
export interface StartDraft {
  workspace: Partial<{ name: string; locale: string; zone: string }>;
  unit: Partial<{ name: string; kind: string; code: string; parent: string }>;
  sender: Partial<{ brand: string; postal_address: string; name: string; address: string; reply_to: string }>;
  server: Partial<{ name: string; host: string; port: number; security: string; username: string }>;
  test: Partial<{ address: string; campaign: string }>;
  campaign: Partial<{ name: string; objective: string; segment: string }>;
}

export const DRAFT = "start";

export function stepOf(name: string): Step | undefined {
  return STEPS.find((one) => one === name);
}

export function after(step: Step): Step | undefined {
  return STEPS[STEPS.indexOf(step) + 1];
}

export function before(step: Step): Step | undefined {
  return STEPS[STEPS.indexOf(step) - 1];
}

/** A code for a unit out of its name; names in other letters get a number. */
export function codeFor(name: string, taken: string[]): string {
  const base = name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40) || "unit";
  if (!taken.includes(base) && base !== "unit") return base;
  for (let at = 2; ; at += 1) {
    const next = `${base}-${String(at)}`;
    if (!taken.includes(next)) return next;
  }
}
