// Everything that is checked without running the product: the longest beside all others.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./lib/run.mjs";

const node = process.execPath;
const bin = (name) => join("node_modules", ".bin", name);
const tsc = join("node_modules", "typescript-7", "bin", "tsc");
const minModules = 100;

/** Runs a tool of this repository to its end. */
function runTool(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"])
      child[name].setEncoding("utf8").on("data", (chunk) => {
        text[name] += chunk;
      });
    child.once("error", reject);
    child.once("close", (code) => resolve({ ...text, code }));
  });
}

/** dependency-cruiser silently looks at nothing when it cannot load TypeScript: too few modules is a failure. */
async function checkBoundaries() {
  const { stdout, stderr } = await runTool([
    bin("depcruise"),
    "src",
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "json",
  ]);
  let summary;
  try {
    summary = JSON.parse(stdout).summary;
  } catch {
    return { ok: false, output: stderr || stdout };
  }
  const lines = summary.violations.map((violation) => `${violation.rule.name}: ${violation.from} → ${violation.to}`);
  if (summary.totalCruised < minModules) lines.push(`only ${summary.totalCruised} modules were looked at`);
  return { ok: lines.length === 0, output: lines.join("\n") };
}

async function command(args) {
  const { stdout, stderr, code } = await runTool(args);
  return { ok: code === 0, output: stdout + stderr };
}

export const checks = [
  { name: "typed lint", run: () => command([bin("eslint"), "src", "sdk/src"]) },
  { name: "format and lint", run: () => command([bin("biome"), "check", "--max-diagnostics=50", "."]) },
  { name: "types of the server", run: () => command([tsc, "--noEmit", "-p", "tsconfig.json"]) },
  { name: "types of the browser SDK", run: () => command([tsc, "-p", "sdk/tsconfig.json"]) },
  { name: "types of the demo shop", run: () => command([tsc, "-p", "demo/tsconfig.json"]) },
  { name: "types of the demo shop's server", run: () => command([tsc, "-p", "demo/tsconfig.server.json"]) },
  { name: "types of the admin", run: () => command([tsc, "-p", "admin/tsconfig.json"]) },
  { name: "dependency rule", run: checkBoundaries },
  { name: "unused code", run: () => command([bin("knip"), "--no-progress"]) },
];

/**
 * Each check says how it went as soon as it has ended.
 *
 * @param lanes how many run at the same time
 * @returns passed and failed counts
 */
export async function runChecks(lanes = 2) {
  let failed = 0;
  const waiting = [...checks];
  const runNext = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const started = Date.now();
      const { ok, output } = await check.run();
      console.log(`${ok ? "✓" : "✗"} ${check.name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
      if (!ok) {
        console.log(output.split("\n").slice(0, 80).join("\n"));
        failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, runNext));
  return { passed: checks.length - failed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { failed } = await runChecks();
  process.exit(failed === 0 ? 0 : 1);
}
