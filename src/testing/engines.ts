import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { createLogger } from "../kernel/index.ts";
import { type Engines, migrate, openEngines } from "../storage/index.ts";

const source = fileURLToPath(new URL("../", import.meta.url));

/** Folders of the migrations of the given capabilities. */
export function migrationFolders(capabilities: readonly string[]): readonly string[] {
  return capabilities.map((capability) => join(source, capability, "migrations"));
}

/** `initdb` of PGlite takes seconds: made once a machine and version, then copied. */
async function copyTemplate(to: string): Promise<void> {
  const manifest: { version: string } = JSON.parse(
    readFileSync(fileURLToPath(import.meta.resolve("@electric-sql/pglite")).replace(/dist\/.*$/, "package.json"), "utf8"),
  );
  const template = join(tmpdir(), `clientele-pglite-${manifest.version}`);
  if (!existsSync(template)) {
    const building = mkdtempSync(join(tmpdir(), "clientele-template-"));
    const db = await PGlite.create({ dataDir: join(building, "postgres") });
    await db.close();
    try {
      renameSync(join(building, "postgres"), template);
    } catch (error) {
      // Another test process was faster.
      if (!existsSync(template)) throw error;
    }
    rmSync(building, { recursive: true, force: true });
  }
  cpSync(template, join(to, "postgres"), { recursive: true });
}

/** A new data directory whose PostgreSQL part is initialised already. */
export async function createDataDir(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), "clientele-test-"));
  await copyTemplate(dataDir);
  return dataDir;
}

async function createServerDatabase(url: string): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const admin = new pg.Client(url);
  await admin.connect();
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.toString(),
    drop: async () => {
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}

export type TestEngines = Engines & { readonly dataDir: string };

/**
 * Real engines with the migrations of the given capabilities: embedded, or servers where URLs are given here or by
 * CLIENTELE_TEST_POSTGRES_URL and CLIENTELE_TEST_CLICKHOUSE_URL. `close` removes everything.
 */
export async function openTestEngines(
  capabilities: readonly string[],
  urls: { readonly postgresUrl?: string; readonly clickhouseUrl?: string } = {},
): Promise<TestEngines> {
  const dataDir = await createDataDir();
  const postgresUrl = urls.postgresUrl ?? process.env["CLIENTELE_TEST_POSTGRES_URL"] ?? "";
  const database = postgresUrl === "" ? undefined : await createServerDatabase(postgresUrl);
  const engines = await openEngines(
    {
      dataDir,
      postgresUrl: database?.url ?? "",
      clickhouseUrl: urls.clickhouseUrl ?? process.env["CLIENTELE_TEST_CLICKHOUSE_URL"] ?? "",
      clickhouseCluster: "",
      durability: "process",
    },
    createLogger("silent"),
  );
  await migrate(engines, migrationFolders(capabilities));
  return {
    ...engines,
    dataDir,
    close: async () => {
      await engines.close();
      await database?.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
