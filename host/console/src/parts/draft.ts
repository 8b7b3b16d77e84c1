/**
 * What is typed over several steps, kept in this tab until it is done: a
 * reload, a new sign-in or a host that restarts lose nothing. Never a secret.
 */
import { useCallback, useState } from "react";

const PREFIX = "rialto.draft.";

function read<T extends object>(name: string): Partial<T> {
  try {
    const held: unknown = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "{}");
    return typeof held === "object" && held !== null ? (held as Partial<T>) : {};
  } catch {
    return {};
  }
}

function write(name: string, value: object) {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // A browser may forbid storage: the draft then lasts as long as the page.
  }
}

/** The draft, a way to add to it, and a way to be done with it. */
export function useDraft<T extends object>(name: string): [Partial<T>, (more: Partial<T>) => void, () => void] {
  const [held, setHeld] = useState(() => read<T>(name));
  const add = useCallback(
    (more: Partial<T>) =>
      setHeld((old) => {
        const next = { ...old, ...more };
        write(name, next);
        return next;
      }),
    [name],
  );
  const done = useCallback(() => {
    setHeld({});
    try {
      sessionStorage.removeItem(PREFIX + name);
    } catch {
      // As above.
    }
  }, [name]);
  return [held, add, done];
}

/** Somebody else signs in on this tab: nothing that was typed is theirs. */
export function forgetDrafts() {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}
