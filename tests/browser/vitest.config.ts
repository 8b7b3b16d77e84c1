/** One file after the other on one host: the machine is small, and some look at what others change. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // The console's own words: a label is found by its key, in whatever language is spoken.
  resolve: { alias: { "@": fileURLToPath(new URL("../../host/console/src", import.meta.url)) } },
  test: {
    include: ["journeys/*.test.ts", "pages/*.test.ts"],
    fileParallelism: false,
    maxWorkers: 1,
    globalSetup: "harness/shared.ts",
    testTimeout: 900_000,
    hookTimeout: 600_000,
    reporters: ["verbose"],
    disableConsoleIntercept: true,
  },
});
