import { createConnection } from "mysql2/promise";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../kernel/index.ts";
import {
  createTestPersons,
  type SyncsApp,
  startSyncsApp,
  syncCapabilities,
  type TestPersons,
} from "../../testing/connectors/syncs-app.ts";
import { waitFor } from "../../testing/connectors/wait-for.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { startMysqlServer } from "../../testing/mysql-server.ts";
import { startPostgresServer } from "../../testing/postgres-server.ts";

type Row = { audience: string; namespace: string; identifier: string; profile_id: string | null };
type Database = {
  readonly config: object;
  readonly secrets: object;
  readonly query: (sql: string) => Promise<Row[]>;
  readonly quote: (name: string) => string;
  readonly close: () => Promise<void>;
};

async function openPostgres(): Promise<Database> {
  const server = await startPostgresServer();
  const url = new URL(server.url);
  const client = new pg.Client(server.url);
  await client.connect();
  return {
    config: {
      engine: "postgres",
      host: url.hostname,
      port: Number(url.port),
      database: url.pathname.slice(1),
      user: url.username,
    },
    secrets: url.password ? { password: decodeURIComponent(url.password) } : {},
    query: async (sql) => (await client.query<Row>(sql)).rows,
    quote: (name) => `"${name.replaceAll('"', '""')}"`,
    close: async () => {
      await client.end();
      await server.stop();
    },
  };
}

async function openMysql(): Promise<Database> {
  const server = await startMysqlServer();
  const { host, port } = server;
  const connection = await createConnection({ host, port, user: "root", database: "shop", charset: "utf8mb4" });
  return {
    config: { engine: "mysql", host, port, database: "shop", user: "root" },
    secrets: {},
    query: async (sql) => (await connection.query(sql))[0] as unknown as Row[],
    quote: (name) => `\`${name.replaceAll("`", "``")}\``,
    close: async () => {
      await connection.end();
      await server.stop();
    },
  };
}

describe.each([
  ["PostgreSQL", openPostgres],
  ["MySQL", openMysql],
] as const)("a table of %s", (_name, openDatabase) => {
  let engines: TestEngines;
  let database: Database;
  let app: SyncsApp;
  let all: TestPersons;

  beforeAll(async () => {
    engines = await openTestEngines(syncCapabilities, { clickhouse: "embedded" });
    database = await openDatabase();
    all = createTestPersons();
    app = await startSyncsApp(engines, systemClock, all);
    await app.syncs.start();
  }, 90_000);
  afterAll(async () => {
    await app.close();
    await database.close();
    await engines.close();
  });

  async function make(key: string, table: string, more: object = {}): Promise<void> {
    const made = await app.call("POST", "/v1/audience-syncs", {
      key,
      name: key,
      config: {
        type: "sql",
        ...database.config,
        tls: "off",
        table,
        audience: "vip",
        identifiers: [{ namespace: "email" }],
        ...more,
      },
      secrets: database.secrets,
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  }
  const state = async (key: string) => (await app.call("GET", `/v1/audience-syncs/${key}`)).body.state;
  const settled = (key: string) =>
    waitFor(`${key} has told everything`, async () => {
      const { sweep, failures } = await state(key);
      const counts = (await app.call("GET", `/v1/audience-syncs/${key}/counts`)).body;
      return sweep === null && failures === 0 && counts.waiting === 0 && counts.gone === 0;
    });
  const valuesIn = async (table: string) =>
    (await database.query(`select identifier from ${database.quote(table)}`))
      .map(({ identifier }) => identifier)
      .sort();

  it("is made when it is missing, filled, kept up to date, and leaves rows of others alone", async () => {
    // A name that would end a statement if it were pasted into one.
    const table = 'vip"; drop `table` x; --';
    const nasty = "o'hara\\%\"`;--@example.com";
    const ids = all.add(["ada", "bob"]);
    all.add(["odd"], { identifiers: [{ namespace: "email", value: nasty }] });
    await make("table", table);
    await settled("table");
    expect(await valuesIn(table)).toEqual(["ada@example.com", "bob@example.com", nasty].sort());
    await database.query(
      `insert into ${database.quote(table)} (audience, namespace, identifier, since, version, sequence, synced_at)
       values ('other', 'email', 'bob@example.com', '2026-01-01', 1, 1, '2026-01-01')`,
    );
    all.persons.delete(String(ids[1]));
    await engines.postgres.transaction(async (tx) => void (await app.syncs.erase(tx, [String(ids[1])])));
    await app.syncs.eraseElsewhere([String(ids[1])]);
    const rows = await database.query(
      `select audience, identifier, profile_id from ${database.quote(table)} where identifier like 'b%' or identifier like 'a%'`,
    );
    expect(rows.map(({ audience, identifier }) => `${audience} ${identifier}`).sort()).toEqual([
      "other bob@example.com",
      "vip ada@example.com",
    ]);
    expect(rows.find(({ audience }) => audience === "vip")?.profile_id).toBe(ids[0]);
  });

  it("goes on after the connection broke, with what changed meanwhile", async () => {
    const [ada] = all.add(["break-ada"]);
    await make("broken", "broken");
    await settled("broken");
    await database.query(`drop table ${database.quote("broken")}`);
    all.persons.set(String(ada), { ...all.of([String(ada)])[0]!, isMember: false });
    const late = all.add(["break-late"]);
    await app.change([String(ada), ...late]);
    // The table is gone: the first attempt fails, the next opens and makes it anew.
    await settled("broken");
    expect(await valuesIn("broken")).toContain("break-late@example.com");
    await app.call("POST", "/v1/audience-syncs/broken/resync");
    await waitFor("all are there again", async () => (await valuesIn("broken")).length === all.members().length);
  });

  it("that refuses one value gets the others, and the value is a dead letter", async () => {
    await make("picky", "picky");
    await settled("picky");
    const table = database.quote("picky");
    await database.query(`alter table ${table} add constraint no_bad check (identifier <> 'bad@example.com')`);
    const added = all.add(["good", "bad", "better"]);
    await app.change(added);
    await waitFor("the others are there", async () => (await valuesIn("picky")).includes("better@example.com"));
    await settled("picky");
    const values = await valuesIn("picky");
    expect([values.includes("good@example.com"), values.includes("bad@example.com")]).toEqual([true, false]);
    const { items } = (await app.call("GET", "/v1/audience-syncs/picky/dead-letters")).body;
    expect(items).toMatchObject([{ op: "entered", namespace: "email" }]);
    expect(items[0].message).toMatch(/^the database refuses a value: /);
  });
});
