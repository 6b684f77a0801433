import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { readTestFiles, type TestKind } from "./scripts/lib/test-kinds.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const files = readTestFiles(root, ["src", "sdk/src", "demo", "admin/src", "conformance"]);

/** What takes longest first: the workers end at about the same time. A process passes on to the next file of its kind only. */
const order: readonly string[] = ["long", "lone", "engines", "plain"] satisfies readonly TestKind[];

class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(specifications);
    return sorted.sort((a, b) => order.indexOf(a.project.name) - order.indexOf(b.project.name));
  }
}

const project = (kind: TestKind) => ({
  extends: true as const,
  test: {
    name: kind,
    include: files.filter((file) => file.kind === kind).map(({ path }) => path),
    isolate: kind === "lone",
  },
});

export default defineConfig({
  test: {
    pool: "forks",
    // The kinds have the program's modules in common: each is transformed once, by its content, not once for every kind and run.
    experimental: { fsModuleCache: true },
    maxWorkers: 2,
    // Limits of what hangs, not of what is slow: another program may be using the same cores.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ["default"],
    sequence: { sequencer: LongestFirst },
    projects: [project("long"), project("lone"), project("engines"), project("plain")],
  },
});
