/** How the console is built: under /console/, with hashed names, for the host to embed. */
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** A running host, for `npm run dev`. */
const host = process.env.RIALTO_HOST ?? "http://127.0.0.1:7420";

/** Files that are worth compressing, and from which size on. */
const COMPRESS = /\.(js|css|svg|json|html|txt)$/;
const COMPRESS_FROM = 1_024;

/**
 * Writes `.br` and `.gz` beside each file, so that the host need not compress on
 * the way out, and the `.gitignore` that keeps the folder in the repository: the
 * host's build watches it.
 */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle({ dir }) {
      if (!dir) return;
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        // The page gets a fresh value for every answer: it cannot be compressed beforehand.
        if (!COMPRESS.test(name) || name === "index.html") continue;
        const bytes = readFileSync(join(dir, name));
        if (bytes.length < COMPRESS_FROM) continue;
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(bytes, quality));
        writeFileSync(join(dir, `${name}.gz`), gzipSync(bytes, { level: 9 }));
      }
      writeFileSync(join(dir, ".gitignore"), "*\n!.gitignore\n");
    },
  };
}

export default defineConfig({
  base: "/console/",
  plugins: [react(), compressed()],
  resolve: {
    alias: {
      "@": fileURLToPath(new URL("./src", import.meta.url)),
      // rjsf names its usual validator, which compiles code, in a helper for tests; ours takes its place.
      "@rjsf/validator-ajv8": fileURLToPath(new URL("./src/areas/plugins/validator.ts", import.meta.url)),
    },
  },
  // The host takes a change by session only from its own pages: the proxy keeps `Host` and `Origin` alike.
  server: { proxy: { "/api": { target: host, changeOrigin: false }, "/readyz": { target: host, changeOrigin: false } } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  // Some read every source file with the compiler: slow where other things run beside.
  test: { environment: "happy-dom", testTimeout: 60_000, setupFiles: ["src/words/all.setup.ts"], include: ["src/**/*.test.{ts,tsx}"] },
});
