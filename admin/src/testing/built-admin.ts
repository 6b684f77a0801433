/** The admin as it is built now, built once for all test files that need it; for tests only. */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const adminRoot = fileURLToPath(new URL("../../", import.meta.url));
const repository = join(adminRoot, "..");
const cacheRoot = join(repository, "node_modules", ".cache", "clientele-admin");
const keptMs = 60 * 60_000;

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Of everything that a build reads: sources, settings, and the exact packages. */
function hashOfInputs(): string {
  const inputs = [
    ...filesBelow(join(adminRoot, "src")).filter((file) => !/\.test\.tsx?$/.test(file)),
    ...filesBelow(join(adminRoot, "public")),
    ...["index.html", "package.json", "tsconfig.json", "vite.config.ts"].map((name) => join(adminRoot, name)),
    join(repository, "package-lock.json"),
  ];
  const hash = createHash("sha256").update("production\0");
  for (const file of inputs) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex").slice(0, 32);
}

function removeOld(): void {
  for (const name of readdirSync(cacheRoot)) {
    const folder = join(cacheRoot, name);
    // Another process may remove it first.
    const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed > keptMs) rmSync(folder, { recursive: true, force: true });
  }
}

/** The test runner's own setting would build in React for developers, which draws everything twice and is not what people get. */
async function buildAsShipped(outDir: string): Promise<void> {
  // biome-ignore-start lint/style/noProcessEnv: the builder reads it nowhere else
  const former = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    await build({
      root: adminRoot,
      configFile: join(adminRoot, "vite.config.ts"),
      logLevel: "error",
      build: { outDir, emptyOutDir: true },
    });
  } finally {
    process.env["NODE_ENV"] = former;
  }
  // biome-ignore-end lint/style/noProcessEnv: the builder reads it nowhere else
}

/** @returns the folder of the built pages; it is shared, so nobody writes to it or removes it */
export async function buildAdmin(): Promise<string> {
  const ready = join(cacheRoot, hashOfInputs());
  if (existsSync(ready)) {
    // What is in use is not old.
    utimesSync(ready, new Date(), new Date());
    return ready;
  }
  mkdirSync(cacheRoot, { recursive: true });
  removeOld();
  const outDir = mkdtempSync(join(cacheRoot, "building-"));
  await buildAsShipped(outDir);
  try {
    renameSync(outDir, ready);
  } catch (error) {
    // Another test file finished the same build meanwhile.
    if (!existsSync(ready)) throw error;
    rmSync(outDir, { recursive: true, force: true });
  }
  return ready;
}
