/** Where things are: the host, the demo's data, the plugins, and where reports are written. */
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");

function place(variable: string, otherwise: string): string {
  return resolve(process.env[variable] ?? join(root, otherwise));
}

export const places = {
  host: place("RIALTO_BIN", "target/debug/rialto"),
  /** A data folder in which the demo's loop has been lived through; it is copied, never served. */
  demo: place("RIALTO_DEMO_DATA", "target/demo/data"),
  plugins: place("RIALTO_PLUGINS", "target/plugins"),
  /** The console as it was built: its bundle is weighed. */
  dist: join(root, "host/console/dist"),
  maildev: join(import.meta.dirname, "../node_modules/.bin/maildev"),
  axe: join(import.meta.dirname, "../node_modules/axe-core/axe.min.js"),
};

/** A folder of reports, made where it is missing. */
export function reports(...parts: string[]): string {
  const folder = join(root, "target/browser", ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Debian's Chromium, or what else the machine has. */
export function chromium(): string {
  const known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const found = [process.env.CHROME_PATH, ...known].find((path) => path && existsSync(path));
  if (!found) throw new Error("no Chromium is installed: apt-get install chromium, or set CHROME_PATH");
  return found;
}
