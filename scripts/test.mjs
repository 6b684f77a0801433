// `npm test`: installs what the tests need, checks, runs every test, ends with one line `N passed, N failed`.
// `--long` also runs the long variants (more kills, more random trees).
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { runChecks } from "./check.mjs";
import { checkNode, ensureInstalled, fail, root } from "./lib/run.mjs";

function ensurePackage(paths, packageName, what) {
  if (paths.some((path) => existsSync(path))) return;
  const canInstall = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  if (canInstall) {
    console.log(`Installing Debian's ${packageName} …`);
    spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    spawnSync("apt-get", ["install", "-y", "-qq", packageName], {
      stdio: "ignore",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  if (!paths.some((path) => existsSync(path)))
    fail(`The tests need ${what}: install Debian's package ${packageName} (apt-get install ${packageName}).`);
}

checkNode();
ensureInstalled();
ensurePackage(["/usr/bin/chromium"], "chromium", "a real browser");
ensurePackage(
  [15, 16, 17, 18].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`),
  "postgresql",
  "a real PostgreSQL server",
);
ensurePackage(["/usr/sbin/mariadbd", "/usr/sbin/mysqld"], "mariadb-server", "a real MySQL server");
build();

const report = join(mkdtempSync(join(tmpdir(), "clientele-test-")), "report.json");

/** @returns the exit code */
function runTests() {
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const vitest = spawn(process.execPath, [join("node_modules", "vitest", "vitest.mjs"), ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...(process.argv.includes("--long") ? { CLIENTELE_TEST_LONG: "1" } : {}) },
  });
  return new Promise((resolve) => vitest.once("close", resolve));
}

// Tests wait for timers and pages; the checks, one after the other, use what they leave of the machine.
const [checks, testsEnd] = await Promise.all([runChecks(1), runTests()]);

let passed = checks.passed;
let { failed } = checks;
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, "utf8"));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  // A file that does not load has no tests, and one that cannot prepare them skips them all: each is one failure.
  failed += result.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  ).length;
} else {
  failed += 1;
}
if (testsEnd !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
