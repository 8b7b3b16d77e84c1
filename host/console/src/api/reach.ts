/**
 * Whether the host answers. Where it does not (it restarts, the line is down),
 * this asks until it does again: what was being sent waits and is sent then,
 * and every list looks again.
 */
import { ProblemError, bare } from "./problem";

type Listener = () => void;

/** How often the host is asked whether it is back: soon at first, then with patience. */
const FIRST_MS = 500;
const LATER_MS = 5_000;
/** So long something that was being sent waits; then its sender is told. */
const PATIENCE_MS = 120_000;

let away = false;
let asking: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<Listener>();

function tell() {
  for (const listener of listeners) listener();
}

async function ask(wait: number) {
  try {
    // Any word of the host's own will do, a refusal too.
    const response = await fetch("/api/v1/me", { cache: "no-store" });
    if (response.status < 500) {
      away = false;
      asking = undefined;
      tell();
      return;
    }
  } catch {
    // Still away.
  }
  asking = setTimeout(() => void ask(Math.min(wait * 2, LATER_MS)), wait);
}

export const reach = {
  isAway: () => away,
  subscribe(listener: Listener) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
  /** Nothing came back: look until the host answers. */
  lost() {
    if (away) return;
    away = true;
    tell();
    asking = setTimeout(() => void ask(FIRST_MS), FIRST_MS);
  },
  /** True once the host answers again, false when patience is at its end. */
  untilBack(patience = PATIENCE_MS): Promise<boolean> {
    if (!away) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = setTimeout(() => settle(false), patience);
      const stop = reach.subscribe(() => {
        if (!away) settle(true);
      });
      function settle(back: boolean) {
        clearTimeout(end);
        stop();
        resolve(back);
      }
    });
  },
  /** For tests: as at the beginning. */
  reset() {
    clearTimeout(asking);
    away = false;
    asking = undefined;
  },
};

/** The host always says why it refuses; a bare 5xx is the word of something that stands before it. */
export function spokenByOther(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === "refused" && error.status >= 500;
}

export const silence = () => new ProblemError(bare(0, ""));
