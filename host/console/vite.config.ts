/** How the console is built: under /console/, with hashed names, for the host to embed. */
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** A running host, for `npm run dev`. */
const host = process.env.RIALTO_HOST ?? "http://127.0.0.1:7420";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  resolve: {
    alias: {
      "@": fileURLToPath(new URL("./src", import.meta.url)),
      // rjsf names its usual validator, which compiles code, in a helper for tests; ours takes its place.
      "@rjsf/validator-ajv8": fileURLToPath(new URL("./src/areas/plugins/validator.ts", import.meta.url)),
    },
  },
  // The host takes a change by session only from its own pages: the proxy keeps `Host` and `Origin` alike.
  server: { proxy: { "/api": { target: host, changeOrigin: false } } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
