import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDataDir } from "../../testing/engines.ts";
import { startImportApp } from "../../testing/import-app.ts";
import { startChild } from "../../testing/start-child.ts";

const orders = 6_000;
const customers = 300;

function fileText(): string {
  const lines = ["order_id,order_date,customer_id,currency,sku,qty,unit_price"];
  for (let order = 0; order < orders; order += 1) {
    const day = new Date(Date.UTC(2015, 0, 1) + order * 3_600_000).toISOString();
    const customer = order % 5 === 0 ? "" : `c${order % customers}`;
    lines.push(`o${order},${day},${customer},GBP,A,1,1.25`, `o${order},${day},${customer},GBP,B,2,0.10`);
  }
  return `${lines.join("\n")}\n`;
}

/** Kills the child after some checkpoints. @returns the id of its import */
function runUntilKilled(dataDir: string, file: string, checkpoints: number): Promise<string> {
  const child = startChild(new URL("../../testing/import-until-killed.ts", import.meta.url), [dataDir, file]);
  return new Promise((resolve, reject) => {
    let output = "";
    let errors = "";
    const limit = setTimeout(() => child.kill("SIGKILL"), 60_000);
    child.stderr?.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
      if ((output.match(/^written/gm) ?? []).length >= checkpoints) child.kill("SIGKILL");
    });
    child.once("close", () => {
      clearTimeout(limit);
      const id = /^import (\S+)/m.exec(output)?.[1];
      if (id === undefined || output.includes("ended")) reject(new Error(`not killed in time: ${output} ${errors}`));
      else resolve(id);
    });
  });
}

describe("an import whose process is killed", () => {
  it("goes on after its last checkpoint and counts every order once", async () => {
    const dataDir = await createDataDir();
    try {
      const file = join(dataDir, "orders.csv");
      writeFileSync(file, fileText());
      const id = await runUntilKilled(dataDir, file, 4);
      const world = await startImportApp({ dataDir });
      try {
        const killed = await world.imports.get(id);
        expect(killed.status).toBe("running");
        expect(killed.checkpoint.units).toBeGreaterThan(0);
        expect(killed.checkpoint.units).toBeLessThan(orders);
        await world.imports.resumeAbandoned(true);
        const done = await waitForEnd(() => world.imports.get(id));
        expect(done).toMatchObject({
          status: "done",
          counts: { rows: 2 * orders, read: orders, written: orders, unchanged: 0, rejected: 0 },
        });
        await world.app.settle();
        const report = await world.imports.reconciliation(id);
        expect(report.totals.filter(({ difference }) => difference !== 0)).toEqual([]);
        expect(report.totals).toContainEqual({
          what: "grossMinor",
          currency: "GBP",
          file: orders * 145,
          stored: orders * 145,
          difference: 0,
        });
        const [row] = await world.app.engines.clickhouse.query<{ n: number }>(
          "select count() as n from events where source_kind = 'history'",
        );
        expect(Number(row?.n)).toBe(orders);
      } finally {
        await world.close();
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});

async function waitForEnd<T extends { readonly status: string }>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < 2_000; attempt += 1) {
    const run = await read();
    if (run.status !== "running") return run;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error("the import does not end");
}
