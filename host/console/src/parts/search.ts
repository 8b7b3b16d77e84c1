/** Reading the address's search part: what does not fit is left out, never a broken page. */
import type { Cursor } from "./CursorTable";

type Raw = Record<string, unknown>;

export function text(raw: Raw, name: string): string | undefined {
  const value = raw[name];
  // The router reads `?q=129` as a number; people mean the text.
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function oneOf<T extends string>(raw: Raw, name: string, known: readonly T[]): T | undefined {
  const value = raw[name];
  return known.find((one) => one === value);
}

export function whole(raw: Raw, name: string): number | undefined {
  const value = Number(raw[name]);
  return raw[name] !== undefined && Number.isInteger(value) ? value : undefined;
}

export function cursorOf(raw: Raw): Cursor {
  return { cursor: text(raw, "cursor"), size: whole(raw, "size") };
}

/** A reader of the address's search part in which everything may be missing, so that links name only what they set. */
export function optional<T extends object>(read: (raw: Raw) => T): (raw: Raw) => { [K in keyof T]?: T[K] | undefined } {
  return read;
}
