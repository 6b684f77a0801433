import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { readTestFiles } from "./scripts/lib/lone-tests.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const files = readTestFiles(root, ["src", "sdk/src", "demo", "admin/src", "conformance"]);
const lone = files.filter(({ isLone }) => isLone).map(({ path }) => path);
const long = new Set(files.filter(({ isLong }) => isLong).map(({ path }) => path));

/** Those that take longest first, those that share processes last: both workers end at the same time. */
class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(specifications);
    const rank = ({ moduleId, project }: TestSpecification) =>
      long.has(relative(root, moduleId)) ? 0 : project.name === "lone" ? 1 : 2;
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    // Limits of what hangs, not of what is slow: another program may be using the same cores.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ["default"],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { name: "lone", include: lone, isolate: true },
      },
      {
        extends: true,
        test: {
          name: "shared",
          include: [
            "src/**/*.test.ts",
            "sdk/src/**/*.test.ts",
            "demo/**/*.test.ts",
            "admin/src/**/*.test.{ts,tsx}",
            "conformance/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", "**/dist/**", ...lone],
          isolate: false,
        },
      },
    ],
  },
});
