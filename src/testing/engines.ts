import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@clickhouse/client";
import pg from "pg";
import { createLogger } from "../kernel/index.ts";
import { type Durability, type Engines, migrate, openEngines } from "../storage/index.ts";
import { startClickHouseServer } from "./clickhouse-http-server.ts";
import { copyTemplate, makeFolder } from "./data-dir-templates.ts";
import { startPostgresServer } from "./postgres-server.ts";

const source = fileURLToPath(new URL("../", import.meta.url));

/** Folders of the migrations of the given capabilities. */
function foldersOf(capabilities: readonly string[]): readonly string[] {
  return capabilities.map((capability) => join(source, capability, "migrations"));
}

/** A new data directory as this version leaves it behind: initialised, with all migrations and no rows. */
export function createDataDir(): Promise<string> {
  return copyTemplate("migrated");
}

type Target = { readonly url: string; readonly remove: () => Promise<void> };
const embedded: Target = { url: "", remove: async () => undefined };

function newName(): string {
  return `test_${randomUUID().replaceAll("-", "")}`;
}

function withDatabase(url: string, name: string): string {
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.toString();
}

async function createPostgresDatabase(url: string): Promise<Target> {
  const name = newName();
  const run = async (statement: string) => {
    const admin = new pg.Client(url);
    await admin.connect();
    await admin.query(statement);
    await admin.end();
  };
  await run(`create database ${name}`);
  return { url: withDatabase(url, name), remove: () => run(`drop database if exists ${name} with (force)`) };
}

async function createClickHouseDatabase(url: string): Promise<Target> {
  const name = newName();
  const run = async (query: string) => {
    const admin = createClient({ url });
    await admin.command({ query });
    await admin.close();
  };
  await run(`create database ${name}`);
  return { url: withDatabase(url, name), remove: () => run(`drop database if exists ${name}`) };
}

async function onOwnServer(
  start: () => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>,
): Promise<Target> {
  const server = await start();
  return { url: server.url, remove: server.stop };
}

async function choosePostgres(kind: "embedded" | "server" | undefined): Promise<Target> {
  const configured = process.env["CLIENTELE_TEST_POSTGRES_URL"];
  if (kind === "embedded" || (kind === undefined && !configured)) return embedded;
  return configured ? createPostgresDatabase(configured) : onOwnServer(startPostgresServer);
}

async function chooseClickHouse(kind: "embedded" | "http" | undefined): Promise<Target> {
  const configured = process.env["CLIENTELE_TEST_CLICKHOUSE_URL"];
  if (kind === "embedded" || (kind === undefined && !configured)) return embedded;
  return configured ? createClickHouseDatabase(configured) : onOwnServer(startClickHouseServer);
}

export type TestEngineOptions = {
  /** Default: a database of its own on CLIENTELE_TEST_POSTGRES_URL when that is set, else embedded. `server` starts one when it is not set. */
  readonly postgres?: "embedded" | "server";
  /** Default: a database of its own on CLIENTELE_TEST_CLICKHOUSE_URL when that is set, else embedded. `http` starts a server when it is not set. */
  readonly clickhouse?: "embedded" | "http";
  readonly durability?: Durability;
};

export type TestEngines = Engines & { readonly dataDir: string };

/** Real engines with the migrations of the given capabilities, in a temporary directory. `close` removes everything. */
export async function openTestEngines(
  capabilities: readonly string[],
  options: TestEngineOptions = {},
): Promise<TestEngines> {
  const [postgres, clickhouse] = await Promise.all([
    choosePostgres(options.postgres),
    chooseClickHouse(options.clickhouse),
  ]);
  const isEmbedded = postgres === embedded && clickhouse === embedded;
  // A copy has its migrations already; on servers they run.
  const template = isEmbedded && capabilities.length > 0 ? "migrated" : "initialised";
  const dataDir = postgres === embedded ? await copyTemplate(template) : makeFolder();
  const remove = async () => {
    await Promise.all([postgres.remove(), clickhouse.remove()]);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const settings = {
      dataDir,
      postgresUrl: postgres.url,
      clickhouseUrl: clickhouse.url,
      clickhouseCluster: "",
      durability: options.durability ?? "process",
    };
    const engines = await openEngines(settings, createLogger("silent"));
    const close = async () => {
      await engines.close();
      await remove();
    };
    try {
      await migrate(engines, foldersOf(capabilities));
    } catch (error) {
      await engines.close();
      throw error;
    }
    return { ...engines, dataDir, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
