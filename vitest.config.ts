import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "src/**/*.test.ts",
      "sdk/src/**/*.test.ts",
      "demo/**/*.test.ts",
      "admin/src/**/*.test.{ts,tsx}",
      "conformance/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // chDB holds one data directory a process: every file gets a process of its own.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ["default"],
  },
});
