// A history of 200,000 rows into an empty deployment: order lines as CSV, events as JSON lines. Run alone: clientele bench import
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { type App, createApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import type { Imports, RecordKind } from "../src/connectors/index.ts";
import { createLogger } from "../src/kernel/index.ts";
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { createRandom } from "./lib/random.ts";

const fullRows = 200_000;
const customers = 40_000;
const linesPerOrder = 4;
const start = Date.UTC(2019, 0, 1);
const spanMs = 5 * 365 * 86_400_000;
/** A million rows in ten minutes (profiles-and-journeys F.1). */
const budget = "≥ 1,667";
const megabyte = 1024 * 1024;

async function write(path: string, lines: Iterable<string>): Promise<void> {
  const stream = createWriteStream(path);
  for (const line of lines)
    if (!stream.write(`${line}\n`)) await new Promise<void>((resolve) => stream.once("drain", () => resolve()));
  stream.end();
  await finished(stream);
}

function* orderLines(rows: number): Generator<string> {
  const random = createRandom(1);
  const orders = Math.floor(rows / linesPerOrder);
  yield "order_id,order_date,customer_id,currency,sku,description,qty,unit_price";
  for (let order = 0; order < orders; order += 1) {
    const at = new Date(start + (order / orders) * spanMs).toISOString();
    const customer = random() < 0.1 ? "" : `c${Math.floor(random() * customers)}`;
    for (let line = 0; line < linesPerOrder; line += 1)
      yield `o${order},${at},${customer},EUR,sku-${Math.floor(random() * 5_000)},a name of usual length,${1 + line},${(random() * 100).toFixed(2)}`;
  }
}

function* events(rows: number): Generator<string> {
  const random = createRandom(2);
  for (let index = 0; index < rows; index += 1)
    yield JSON.stringify({
      type: random() < 0.8 ? "productPageView" : "addToCart",
      messageId: `m${index}`,
      timestamp: new Date(start + (index / rows) * spanMs).toISOString(),
      customerId: `c${Math.floor(random() * customers)}`,
      properties: { sku: `sku-${Math.floor(random() * 5_000)}`, qty: 1 },
    });
}

/** Time until everything is in profiles and the event store, and the most memory meanwhile. */
async function time(app: App, imports: Imports, kind: RecordKind, path: string) {
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const startedAt = performance.now();
  const run = await imports.createFromPath({ kind, fileName: path, createdBy: "bench" }, path);
  const done = await imports.runToEnd(run.id);
  const readMs = performance.now() - startedAt;
  await app.settle();
  const settledMs = performance.now() - startedAt;
  clearInterval(watch);
  if (done.status !== "done" || done.counts.rejectedRows > 0) throw new Error(JSON.stringify(done));
  const report = await imports.reconciliation(run.id);
  if (!report.isEqual) throw new Error(`the totals differ: ${JSON.stringify(report.totals)}`);
  return { rows: done.counts.rows, events: done.counts.events, readMs, settledMs, peak };
}

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const rows = quick ? fullRows / 10 : fullRows;
  const dataDir = mkdtempSync(join(tmpdir(), "clientele-import-"));
  const config = readConfig({}, { dataDir, roles: [], logLevel: "silent" });
  const app = await createApp({ config, logger: createLogger("silent"), withoutJobs: true });
  try {
    await app.collect.start();
    const idle = process.memoryUsage().rss;
    const { imports } = app.incoming;
    const results: BenchRow[] = [];
    const kinds: readonly (readonly [RecordKind, string, Iterable<string>])[] = [
      ["order", "orders.csv", orderLines(rows)],
      ["event", "events.ndjson", events(rows)],
    ];
    for (const [kind, name, lines] of kinds) {
      const path = join(dataDir, name);
      await write(path, lines);
      const first = await time(app, imports, kind, path);
      // The same file again is read, mapped and compared, and nothing is sent: what the import itself costs.
      const again = await time(app, imports, kind, path);
      const rate = first.rows / (first.settledMs / 1000);
      const own = again.rows / (again.settledMs / 1000);
      const minutes = 1_000_000 / rate / 60;
      const note = `${first.rows} rows, ${first.events} events in ${(first.settledMs / 1000).toFixed(1)} s with profiles and event store; a million rows ${minutes.toFixed(1)} min`;
      results.push(against(row(`import.${kind}`, rate, "rows/s", budget, note), "the same file unchanged", rate / own));
      const grown = (first.peak - idle) / megabyte;
      const memory = `${Math.round(idle / megabyte)} MB before it: engines and program`;
      results.push(row(`import.${kind}.memory`, grown, "MB", "≤ 600", memory));
    }
    await imports.stop();
    return results;
  } finally {
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
