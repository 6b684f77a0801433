import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../kernel/index.ts";
import { createDataDir } from "../testing/engines.ts";
import { startChild } from "../testing/start-child.ts";
import { openEngines } from "./open-engines.ts";

const enough = 40;

/** Lets a process write until each engine has acknowledged enough, then kills it. */
async function writeAndKill(dataDir: string, durability: string): Promise<readonly string[]> {
  const child = startChild(new URL("../testing/write-until-killed.ts", import.meta.url), [dataDir, durability]);
  const ended = once(child, "exit");
  const acknowledged: string[] = [];
  const counts: Record<string, number> = {};
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    acknowledged.push(line);
    const engine = line.split(" ")[0] ?? "";
    counts[engine] = (counts[engine] ?? 0) + 1;
    if ((counts["postgres"] ?? 0) >= enough && (counts["clickhouse"] ?? 0) >= enough) child.kill("SIGKILL");
  }
  const [, signal] = await ended;
  expect(signal, errors).toBe("SIGKILL");
  return acknowledged;
}

describe("a process killed while it writes", () => {
  let dataDir: string;
  const acknowledged: string[] = [];
  beforeAll(async () => {
    dataDir = await createDataDir();
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it.each(["process", "power"] as const)(
    "loses nothing that either engine acknowledged, with durability %s",
    async (durability) => {
      acknowledged.push(...(await writeAndKill(dataDir, durability)));

      const engines = await openEngines(
        { dataDir, postgresUrl: "", clickhouseUrl: "", clickhouseCluster: "", durability },
        createLogger("silent"),
      );
      const stored = new Set([
        ...(await engines.postgres.query<{ id: string }>("select id from written")).rows.map(
          (row) => `postgres ${row.id}`,
        ),
        ...(await engines.clickhouse.query<{ id: string }>("select id from written")).map(
          (row) => `clickhouse ${row.id}`,
        ),
      ]);
      await engines.close();

      expect(acknowledged.filter((line) => !stored.has(line))).toEqual([]);
    },
  );
});
