/** What a person prefers on this machine: language, theme, columns. Kept in the browser; nothing about customers. */
import { useSyncExternalStore } from "react";
import { speak } from "@/api/language";
import type { Language } from "@/words";

export type Theme = "light" | "dark" | "system";

const PREFIX = "rialto.";
const listeners = new Set<() => void>();

function read(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    // A browser may forbid storage: preferences then last as long as the page.
    return memory.get(name) ?? null;
  }
}

const memory = new Map<string, string>();

function write(name: string, value: string) {
  memory.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // As above.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The chosen language, else the browser's. */
export function language(): Language {
  const chosen = read("language");
  if (chosen === "en" || chosen === "zh-CN") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export function setLanguage(next: Language) {
  speak(next);
  write("language", next);
}

function theme(): Theme {
  const chosen = read("theme");
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

export function setTheme(next: Theme) {
  write("theme", next);
}

export const useLanguage = () => useSyncExternalStore(subscribe, language);
export const useTheme = () => useSyncExternalStore(subscribe, theme);

/** A small text of this browser's, such as the hidden columns of a table. */
export function useKept(name: string): [string | null, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => read(name));
  return [value, (next) => write(name, next)];
}

const darkSystem = window.matchMedia("(prefers-color-scheme: dark)");

/** Whether to be dark now: by choice, else as the system is, which may change at dusk. */
export function useDark(): boolean {
  const system = useSyncExternalStore(
    (listener) => {
      darkSystem.addEventListener("change", listener);
      return () => darkSystem.removeEventListener("change", listener);
    },
    () => darkSystem.matches,
  );
  const chosen = useTheme();
  return chosen === "system" ? system : chosen === "dark";
}
