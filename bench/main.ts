// clientele bench [name…] [--data folder] [--catalog file --judgments file] [--train file [--test file]] [--through-product] [--seconds n] [--profiles n] [--quick] [--record]
import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { BenchOptions, BenchRow } from "./bench-row.ts";
import { record, toTable } from "./report.ts";

type Bench = (options: BenchOptions) => Promise<readonly BenchRow[]>;

const quickProducts = 50_000;

/** Loaded one by one: each takes memory of its own. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  rules: async () => {
    const { run } = await import("./rules.ts");
    return ({ quick }) => run(quick ? { people: 1_000, minMs: 300 } : {});
  },
  search: async () => {
    const { run } = await import("./search.ts");
    return ({ quick, ...options }) => run({ ...options, ...(quick ? { products: quickProducts } : {}) });
  },
  "related-products": async () => (await import("./related-products.ts")).run,
  "catalog-prices": async () => (await import("./catalog-prices.ts")).run,
  offers: async () => (await import("./offers.ts")).run,
  simulation: async () => (await import("./simulation.ts")).run,
  coupons: async () => (await import("./coupons.ts")).run,
  "offer-decisions": async () => (await import("./offer-decisions.ts")).run,
  start: async () => (await import("./start.ts")).run,
  audiences: async () => (await import("./audiences.ts")).run,
  decide: async () => (await import("./decide.ts")).run,
  ingest: async () => (await import("./ingest.ts")).run,
  adobe: async () => (await import("./adobe.ts")).run,
  segment: async () => (await import("./segment.ts")).run,
  import: async () => (await import("./import.ts")).run,
  models: async () => (await import("./models.ts")).run,
  ranking: async () => (await import("./ranking.ts")).run,
  recommend: async () => (await import("./recommend.ts")).run,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "../shared/data" },
    catalog: { type: "string" },
    judgments: { type: "string" },
    train: { type: "string" },
    test: { type: "string" },
    seconds: { type: "string" },
    quick: { type: "boolean", default: false },
    profiles: { type: "string" },
    record: { type: "boolean", default: false },
    "through-product": { type: "boolean", default: false },
  },
});
const unknown = positionals.filter((name) => !(name in benches));
const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
const profiles = values.profiles === undefined ? undefined : Number(values.profiles);
const isPositive = (value: number | undefined): boolean => value === undefined || value > 0;
if (unknown.length > 0 || !isPositive(seconds) || !isPositive(profiles)) {
  console.error(
    `clientele bench [${Object.keys(benches).join("|")}…] [--data folder] [--catalog file --judgments file] [--train file [--test file]] [--through-product] [--seconds n] [--profiles n] [--quick] [--record]`,
  );
  process.exit(2);
}

// The servers that are measured run from the build.
const built = spawnSync(process.execPath, [fileURLToPath(new URL("../scripts/build.mjs", import.meta.url))], {
  stdio: "inherit",
});
if (built.status !== 0) process.exit(1);

const names = positionals.length > 0 ? positionals : Object.keys(benches);
const results = fileURLToPath(new URL("RESULTS.md", import.meta.url));
for (const name of names) {
  const loadBefore = loadavg()[0] ?? 0;
  console.log(`${name} …`);
  const bench = await benches[name]?.();
  if (!bench) continue;
  const rows = await bench({
    data: values.data,
    quick: values.quick,
    throughProduct: values["through-product"],
    ...(values.catalog === undefined ? {} : { catalog: values.catalog }),
    ...(values.judgments === undefined ? {} : { judgments: values.judgments }),
    ...(values.train === undefined ? {} : { train: values.train }),
    ...(values.test === undefined ? {} : { test: values.test }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(profiles === undefined ? {} : { profiles }),
  });
  console.log(`${toTable(rows)}\n`);
  if (values.record) record(results, name, rows, loadBefore);
}
// The engines that some benchmarks open keep threads of their own.
process.exit(0);
