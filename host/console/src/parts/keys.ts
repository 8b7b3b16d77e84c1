/** Keys that do something wherever one is on a page, and never while somebody types or a dialog asks. */
import { useEffect, useRef } from "react";
import { useKept } from "@/frame/preferences";

/** Whether a key belongs to what has the focus. */
export function taken(event: Pick<KeyboardEvent, "target" | "ctrlKey" | "metaKey" | "altKey">): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  return target.closest("input, textarea, select, [contenteditable], [role=combobox], [role=dialog], .ant-modal") !== null;
}

/** Single keys can be switched off: speech input and trembling hands press them unmeant. */
export function useKeysOn(): [boolean, (on: boolean) => void] {
  const [kept, keep] = useKept("keys");
  return [kept !== "off", (on) => keep(on ? "on" : "off")];
}

export function useShortcut(key: string, act: () => void) {
  const [on] = useKeysOn();
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    if (!on) return undefined;
    function onKey(event: KeyboardEvent) {
      if (event.key !== key || taken(event)) return;
      event.preventDefault();
      latest.current();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [key, on]);
}
