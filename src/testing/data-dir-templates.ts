/**
 * `initdb` takes PGlite two seconds and all migrations take one and a half: each is done once a machine, then copied. A template
 * is named after what it was made of, so that an edited migration or another engine makes a new one.
 */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { createLogger } from "../kernel/index.ts";
import { migrate, openEngines } from "../storage/index.ts";
import { keepPostgresCompiled } from "./keep-compiled.ts";

type Template = "initialised" | "migrated";

const source = fileURLToPath(new URL("../", import.meta.url));
const require = createRequire(import.meta.url);
const neededBytes = 4 * 1024 ** 3;
const prefix = "clientele-test-";
const templatePrefix = `clientele-template-${process.getuid?.() ?? 0}-`;
const keptMs = 60 * 60_000;

/** Memory where there is plenty: a data directory has a thousand files, which take a disk half a second, and memory a tenth. */
function temporaryRoot(): string {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    if (bavail * bsize > neededBytes) return "/dev/shm";
  } catch {
    // No such folder on this system.
  }
  return tmpdir();
}

/** A test process that was killed could not remove its directories. */
function removeLeftovers(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split("-")[0]) : 0;
    if (pid > 0 && !existsSync(`/proc/${pid}`) && existsSync("/proc/self"))
      rmSync(join(root, name), { recursive: true, force: true });
  }
}

/** Of migrations and engines that have changed since. */
function removeOldTemplates(root: string): void {
  for (const name of readdirSync(root)) {
    if (!name.startsWith(templatePrefix)) continue;
    // Another process may remove it first.
    const usedAt = statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - usedAt > keptMs) rmSync(join(root, name), { recursive: true, force: true });
  }
}

/** An empty folder of this process. */
export function makeFolder(): string {
  const root = temporaryRoot();
  removeLeftovers(root);
  return mkdtempSync(join(root, `${prefix}${process.pid}-`));
}

function versionOf(packageName: string): string {
  let folder = dirname(require.resolve(packageName));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  const manifest: { version?: string } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return manifest.version ?? "";
}

/** What writes into a template: of every capability its migrations, and how the engines are opened. */
function inputsOf(template: Template): readonly string[] {
  if (template === "initialised") return [];
  const filesOf = (folder: string) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);
  const migrations = readdirSync(source).flatMap((capability) => filesOf(join(source, capability, "migrations")));
  const storage = filesOf(join(source, "storage")).filter((file) => /(?<!\.test)\.(ts|mjs)$/.test(file));
  return [...migrations, ...storage].sort();
}

/** Everything that decides what a template holds. */
function nameOf(template: Template): string {
  const hash = createHash("sha256").update(versionOf("@electric-sql/pglite")).update("\0").update(versionOf("chdb"));
  for (const file of inputsOf(template)) hash.update(`\0${relative(source, file)}\0`).update(readFileSync(file));
  return `${templatePrefix}${template}-${hash.digest("hex").slice(0, 16)}`;
}

async function initialise(dataDir: string): Promise<void> {
  const db = await PGlite.create({ dataDir: join(dataDir, "postgres") });
  await db.exec("checkpoint");
  await db.close();
}

async function migrateAll(dataDir: string): Promise<void> {
  // Only here: it loads the whole program.
  const { migrationFolders } = await import("../compose.ts");
  const options = {
    dataDir,
    postgresUrl: "",
    clickhouseUrl: "",
    clickhouseCluster: "",
    durability: "process",
  } as const;
  const engines = await openEngines(options, createLogger("silent"));
  try {
    await migrate(engines, migrationFolders);
    await engines.postgres.query("checkpoint");
  } finally {
    await engines.close();
  }
}

async function makeTemplate(template: Template): Promise<string> {
  const root = temporaryRoot();
  const path = join(root, nameOf(template));
  if (existsSync(path)) {
    // What is in use is not old.
    utimesSync(path, new Date(), new Date());
    return path;
  }
  removeOldTemplates(root);
  const building = template === "initialised" ? makeFolder() : await copyTemplate("initialised");
  try {
    await (template === "initialised" ? initialise(building) : migrateAll(building));
    renameSync(building, path);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    // Another test process was faster.
    if (!existsSync(path)) throw error;
  }
  return path;
}

/** @returns a new data directory that the caller removes */
export async function copyTemplate(template: Template): Promise<string> {
  const [from] = await Promise.all([makeTemplate(template), keepPostgresCompiled()]);
  const folder = makeFolder();
  cpSync(from, folder, { recursive: true });
  return folder;
}
