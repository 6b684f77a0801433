// A child for the tests that kill: writes to both embedded engines without a pause and prints what was acknowledged, one
// `<engine> <id>` a line. Arguments: data directory, durability.
import { createLogger } from "../kernel/index.ts";
import { openEngines } from "../storage/index.ts";

const [dataDir = "", durability = "process"] = process.argv.slice(2);
const settings = {
  dataDir,
  postgresUrl: "",
  clickhouseUrl: "",
  clickhouseCluster: "",
  durability: durability === "power" ? "power" : "process",
} as const;
const { postgres, clickhouse } = await openEngines(settings, createLogger("silent"));

await postgres.query("create table if not exists written (id text primary key, padding text)");
await clickhouse.command(
  "create table if not exists written (id String, padding String) engine = MergeTree order by id",
);

const padding = "x".repeat(2_000);
const name = (id: number) => `${process.pid}-${id}`;

async function writePostgres(): Promise<never> {
  for (let id = 0; ; id += 1) {
    await postgres.transaction((tx) => tx.query("insert into written values ($1, $2)", [name(id), padding]));
    process.stdout.write(`postgres ${name(id)}\n`);
  }
}

async function writeClickHouse(): Promise<never> {
  for (let id = 0; ; id += 1) {
    await clickhouse.insert("written", [{ id: name(id), padding }]);
    process.stdout.write(`clickhouse ${name(id)}\n`);
  }
}

await Promise.all([writePostgres(), writeClickHouse()]);
