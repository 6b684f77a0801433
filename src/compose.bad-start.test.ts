// What an operator meets when something is wrong: one sentence that says what to do, exit code 1, and nothing lost.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { demoCredentials } from "./access/index.ts";
import { createLogger } from "./kernel/index.ts";
import { openEngines } from "./storage/index.ts";
import { createKeys } from "./testing/create-keys.ts";
import { createDataDir } from "./testing/engines.ts";
import { type Ended, runCli, runToEnd, type ServerProcess, startServerProcess } from "./testing/server-process.ts";
import { startTestApp } from "./testing/start-test-app.ts";

// Most tests start several processes.
vi.setConfig({ testTimeout: 300_000 });

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

let dataDir: string;
const folders: string[] = [];
const running: ServerProcess[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "clientele-test-start-"));
  folders.push(folder);
  return folder;
}

beforeAll(async () => {
  dataDir = await createDataDir();
  folders.push(dataDir);
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.kill();
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** One line on standard error, no stack. */
function expectOneSentence({ code, stderr }: Ended, expected: RegExp): void {
  expect(stderr).toMatch(expected);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).not.toMatch(/\n?\s+at .*:\d+/);
  expect(code).toBe(1);
}

async function start(name: string, extra: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const server = await startServerProcess(name, extra);
  running.push(server);
  return server;
}

describe("a start that cannot work says why in one sentence", () => {
  it("names every faulty setting at once", async () => {
    const ended = await runToEnd(newFolder(), ["start"], {
      CLIENTELE_PORT: "eighty",
      CLIENTELE_TIMEZONE: "Mars/Olympus",
      CLIENTELE_ROLES: "http,cook",
      CLIENTELE_INBOX_MAX: "much",
      CLIENTELE_POSTGRES_URL: "no url",
    });
    for (const name of ["PORT", "TIMEZONE", "ROLES", "INBOX_MAX", "POSTGRES_URL"])
      expect(ended.stderr).toContain(`CLIENTELE_${name} `);
    expectOneSentence(ended, /^invalid configuration: /);
  });

  it("refuses a data directory that another process uses, and a port that is taken", async () => {
    const server = await start(dataDir);
    expectOneSentence(
      await runToEnd(dataDir, ["start"], { CLIENTELE_PORT: "0" }),
      new RegExp(`^process ${server.process.pid} uses .*; stop it, or set CLIENTELE_DATA_DIR`),
    );
    expect(await server.stop()).toBe(0);

    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address ? String(address.port) : "";
    const ended = await runToEnd(dataDir, ["start"], { CLIENTELE_PORT: port });
    await new Promise((resolve) => other.close(resolve));
    expectOneSentence(ended, new RegExp(`^cannot listen on 127\\.0\\.0\\.1:${port}: .*CLIENTELE_PORT`));
    expect(existsSync(join(dataDir, "lock"))).toBe(false);
  });

  it("refuses a data directory of a newer version, by its format and by its migrations", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "format"), "999\n");
    expectOneSentence(await runToEnd(folder, ["start"]), /data format 999; .*start the newer version/);

    runCli(dataDir, ["migrate"]);
    const newer = newFolder();
    cpSync(dataDir, newer, { recursive: true });
    const engines = await openEngines(
      { dataDir: newer, postgresUrl: "", clickhouseUrl: "", clickhouseCluster: "", durability: "process" },
      createLogger("silent"),
    );
    await engines.postgres.query(
      "insert into schema_migrations (capability, name, checksum) values ('profiles', '9999_future.sql', 'x')",
    );
    await engines.close();
    expectOneSentence(
      await runToEnd(newer, ["start"]),
      /migration profiles\/9999_future\.sql.*start the newer version/,
    );
  });

  it("refuses a data directory that this user may not write, and a file in its place", async () => {
    const folder = newFolder();
    const locked = join(folder, "locked");
    mkdirSync(locked);
    chmodSync(folder, 0o755);
    chmodSync(locked, 0o555);
    const user = isRoot ? { uid: nobody, gid: nobody } : {};
    for (const dir of [locked, join(locked, "deeper")]) {
      const ended = await runToEnd(dir, ["start"], { HOME: folder }, user);
      expectOneSentence(ended, /^the data directory .* cannot be used: EACCES.*CLIENTELE_DATA_DIR/);
    }
    writeFileSync(join(folder, "file"), "");
    expectOneSentence(await runToEnd(join(folder, "file"), ["start"]), /cannot be used: EEXIST.*CLIENTELE_DATA_DIR/);
  });

  it("says that a server does not answer", async () => {
    const ended = await runToEnd(newFolder(), ["start"], {
      CLIENTELE_POSTGRES_URL: "postgres://127.0.0.1:9/none",
      CLIENTELE_CLICKHOUSE_URL: "http://127.0.0.1:9",
    });
    expectOneSentence(ended, /^PostgreSQL does not answer/);
  });

  it("refuses the credentials of the demo outside the demo, and lets the command line revoke them", async () => {
    const folder = newFolder();
    cpSync(dataDir, folder, { recursive: true });
    const demo = await startTestApp({ dataDir: folder });
    await demo.close();
    expectOneSentence(
      await runToEnd(folder, ["start"]),
      /demo-write-key.*demo-admin-token.*admin@example\.com.*clientele keys revoke/,
    );

    type Key = { readonly id: string; readonly name: string };
    const keys = JSON.parse(runCli(folder, ["keys", "list"])) as readonly Key[];
    runCli(folder, ["keys", "revoke", ...keys.map(({ id }) => id)]);
    expectOneSentence(await runToEnd(folder, ["start"]), /password of admin@example\.com.*clientele users/);
    runCli(folder, ["users", "add", "ann@shop.example", "--role", "administrator"], {}, "a long password of Ann\n");
    runCli(folder, ["users", "disable", demoCredentials.email]);

    const server = await start(folder);
    const answer = await fetch(`${server.url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${demoCredentials.writeKey}`, "content-type": "application/json" },
      body: JSON.stringify({ events: [{ type: "pageView", anonymousId: "a" }] }),
    });
    expect(answer.status).toBe(401);
  });
});

const diskMb = 300;
const ballastMb = 160;
const batchSize = 40;
const refusals = 5;

/** A small file system of its own, or the reason why there is none. */
function mountSmallDisk(): { readonly folder: string; readonly unmount: () => void } | string {
  if (!isRoot) return "only root may mount a small disk";
  const folder = newFolder();
  try {
    execFileSync("/bin/mount", ["-t", "tmpfs", "-o", `size=${diskMb}m`, "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    return `no small disk could be mounted: ${error instanceof Error ? error.message : String(error)}`;
  }
  return { folder, unmount: () => void execFileSync("/bin/umount", ["-l", folder]) };
}

describe("a full disk", () => {
  it("answers 503 with Retry-After, loses nothing it acknowledged, and goes on once there is space", async ({
    skip,
  }) => {
    const disk = mountSmallDisk();
    if (typeof disk === "string") {
      process.stdout.write(`full disk not tested: ${disk}\n`);
      return skip(disk);
    }
    // After the server was killed.
    onTestFinished(disk.unmount);
    const data = join(disk.folder, "data");
    cpSync(dataDir, data, { recursive: true });
    const { writeKey, token } = await createKeys({ dataDir: data });
    const ballast = join(disk.folder, "ballast");
    writeFileSync(ballast, Buffer.alloc(ballastMb * 1024 ** 2, 1));
    const server = await start(data, { CLIENTELE_LOG_LEVEL: "fatal" });

    let sequence = 0;
    const nextBatch = () =>
      Array.from({ length: batchSize }, () => {
        sequence += 1;
        const text = randomBytes(9_000).toString("base64");
        return {
          messageId: `m-${sequence}`,
          type: "pageView",
          anonymousId: `v-${sequence % 10}`,
          properties: { text },
        };
      });
    const post = (events: readonly object[]) =>
      fetch(`${server.url}/v1/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${writeKey}`, "content-type": "application/json" },
        body: JSON.stringify({ events }),
      });
    const acknowledged = new Set<string>();
    const acknowledge = (events: readonly { readonly messageId: string }[]) => {
      for (const { messageId } of events) acknowledged.add(messageId);
    };

    const refused: ReturnType<typeof nextBatch>[] = [];
    while (refused.length < refusals) {
      const batch = nextBatch();
      const answer = await post(batch);
      if (answer.ok) {
        acknowledge(batch);
        expect(sequence).toBeLessThan(40_000);
        continue;
      }
      const body = (await answer.json()) as { error: { code: string } };
      expect([answer.status, body.error.code]).toEqual([503, "collect.busy"]);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      refused.push(batch);
    }
    const { bavail, bsize } = statfsSync(disk.folder);
    expect(bavail * bsize).toBeLessThan(ballastMb * 1024 ** 2);
    expect(acknowledged.size).toBeGreaterThan(0);

    rmSync(ballast);
    for (const batch of [...refused, nextBatch()]) {
      await expect.poll(async () => (await post(batch)).status, { timeout: 60_000, interval: 250 }).toBe(200);
      acknowledge(batch);
    }

    const read = async (path: string) => {
      const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(200);
      return (await answer.json()) as Record<string, unknown>;
    };
    const waiting = async () => {
      const system = (await read("/v1/system")) as { inbox: { pending: number }; export: { pending: number } };
      return system.inbox.pending + system.export.pending;
    };
    await expect.poll(waiting, { timeout: 60_000, interval: 200 }).toBe(0);
    let counted = 0;
    for (let visitor = 0; visitor < 10; visitor += 1) {
      const profile = await read(`/v1/profiles/by/anonymous_id/v-${visitor}`);
      counted += (profile as { counters: { pageView: number } }).counters.pageView;
    }
    const { events } = (await read("/v1/system")) as { events: { total: number } };
    expect({ counted, stored: events.total }).toEqual({ counted: acknowledged.size, stored: acknowledged.size });
    expect(await server.stop()).toBe(0);
  });
});
