// Everything that is checked without running the product, fastest first. `--fix` formats.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./lib/run.mjs";

const node = process.execPath;
const bin = (name) => join("node_modules", ".bin", name);
const tsc = join("node_modules", "typescript-7", "bin", "tsc");
const minModules = 100;

/** dependency-cruiser silently looks at nothing when it cannot load TypeScript: too few modules is a failure. */
function checkBoundaries() {
  const result = spawnSync(
    node,
    [bin("depcruise"), "src", "--config", ".dependency-cruiser.cjs", "--output-type", "json"],
    {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  let summary;
  try {
    summary = JSON.parse(result.stdout).summary;
  } catch {
    return { ok: false, output: result.stderr || result.stdout };
  }
  const lines = summary.violations.map((violation) => `${violation.rule.name}: ${violation.from} → ${violation.to}`);
  if (summary.totalCruised < minModules) lines.push(`only ${summary.totalCruised} modules were looked at`);
  return { ok: lines.length === 0, output: lines.join("\n") };
}

function command(args) {
  const result = spawnSync(node, args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return { ok: result.status === 0, output: `${result.stdout}${result.stderr}` };
}

export const checks = [
  { name: "format and lint", run: () => command([bin("biome"), "check", "--max-diagnostics=50", "."]) },
  { name: "types of the server", run: () => command([tsc, "--noEmit", "-p", "tsconfig.json"]) },
  { name: "types of the browser SDK", run: () => command([tsc, "-p", "sdk/tsconfig.json"]) },
  { name: "types of the demo shop", run: () => command([tsc, "-p", "demo/tsconfig.json"]) },
  { name: "types of the demo shop's server", run: () => command([tsc, "-p", "demo/tsconfig.server.json"]) },
  { name: "types of the admin", run: () => command([tsc, "-p", "admin/tsconfig.json"]) },
  { name: "dependency rule", run: checkBoundaries },
  { name: "typed lint", run: () => command([bin("eslint"), "src", "sdk/src"]) },
  { name: "unused code", run: () => command([bin("knip"), "--no-progress"]) },
];

/** @returns passed and failed counts */
export function runChecks() {
  let failed = 0;
  for (const check of checks) {
    const started = Date.now();
    const { ok, output } = check.run();
    console.log(`${ok ? "✓" : "✗"} ${check.name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (!ok) {
      console.log(output.split("\n").slice(0, 80).join("\n"));
      failed += 1;
    }
  }
  return { passed: checks.length - failed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { failed } = runChecks();
  process.exit(failed === 0 ? 0 : 1);
}
