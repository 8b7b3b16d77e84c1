/** Names along an axis. */

/** Letters that fit under one bar. */
const LINE_MAX = 11;

/** A code too long for its bar goes on in the next line after one of its signs; the kit would break it anywhere. */
export function inLines(name: string): string {
  if (name.length <= LINE_MAX || !/^[\x21-\x7e]+$/.test(name)) return name;
  const lines: string[] = [""];
  for (const part of name.match(/[^_.\-/]*[_.\-/]?/g) ?? []) {
    const last = lines[lines.length - 1] ?? "";
    if (last !== "" && (last + part).length > LINE_MAX) lines.push(part);
    else lines[lines.length - 1] = last + part;
  }
  return lines.filter(Boolean).join("\n");
}
