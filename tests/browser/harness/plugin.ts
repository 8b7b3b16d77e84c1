/** Plugins as files: the first-party ones, and the same with another manifest, as their authors would pack them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { places } from "./places";

const HEAD_BYTES = 8;
const CUSTOM = 0;

export function plugin(name: string): Buffer {
  return readFileSync(join(places.plugins, `${name}.wasm`));
}

/** The same component with its texts changed: `rialto:manifest`, `rialto:readme` and their like. */
export function remade(name: string, section: string, change: (text: string) => string): Buffer {
  return changed(plugin(name), section, change);
}

export function changed(file: Buffer, section: string, change: (text: string) => string): Buffer {
  const parts = [file.subarray(0, HEAD_BYTES)];
  let at = HEAD_BYTES;
  while (at < file.length) {
    const id = file[at] ?? 0;
    const size = number(file, at + 1);
    const end = size.next + size.value;
    parts.push(id === CUSTOM ? custom(file.subarray(at, end), file.subarray(size.next, end), section, change) : file.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function custom(whole: Buffer, content: Buffer, section: string, change: (text: string) => string): Buffer {
  const length = number(content, 0);
  const name = content.subarray(length.next, length.next + length.value);
  if (name.toString() !== section) return whole;
  const text = Buffer.from(change(content.subarray(length.next + length.value).toString()));
  const inner = Buffer.concat([bytes(name.length), name, text]);
  return Buffer.concat([Buffer.of(CUSTOM), bytes(inner.length), inner]);
}

/** An unsigned number as WebAssembly writes it (LEB128). */
function number(file: Buffer, at: number): { value: number; next: number } {
  let [value, shift, next] = [0, 0, at];
  for (;;) {
    const byte = file[next] ?? 0;
    next += 1;
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte < 0x80) return { value, next };
  }
}

function bytes(value: number): Buffer {
  const all: number[] = [];
  let rest = value;
  do {
    all.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest = Math.floor(rest / 0x80);
  } while (rest > 0);
  return Buffer.from(all);
}
