// The same questions through the product: the log goes in by `clientele import events`, the answers come from POST /v1/recommendations.
// clientele bench recommend --through-product --train file [--test file]
import { createWriteStream, rmSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { createApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import { createLogger } from "../src/kernel/index.ts";
import { createNextItems, type LearnedSession } from "../src/recommendations/learners/index.ts";
import { createDataDir } from "../src/testing/engines.ts";
import { runCli } from "../src/testing/server-process.ts";
import { against, type BenchRow, row } from "./bench-row.ts";
import { ascending, quantile } from "./lib/quantile.ts";
import type { Case } from "./lib/recommend-data.ts";

const limit = 20;
/** A request takes no more; the learner reads the last 20. */
const maxItems = 50;
const dayMs = 86_400_000;
/** A log without times counts as so long, as for the learner. */
const spanDays = 90;
const stepMs = 1_000;

/** Sessions of two views or more, each with the time at which it ended. */
function timed(sessions: readonly LearnedSession[]): readonly Required<Omit<LearnedSession, "hasPurchase">>[] {
  const long = sessions.filter(({ items }) => items.length >= 2);
  const end = Date.now() - dayMs;
  return long.map(({ items, endedAt }, at) => ({
    items,
    endedAt: endedAt ?? Math.round(end - ((long.length - 1 - at) / long.length) * spanDays * dayMs),
  }));
}

async function writeEvents(path: string, sessions: ReturnType<typeof timed>): Promise<number> {
  const stream = createWriteStream(path);
  let count = 0;
  for (const [at, { items, endedAt }] of sessions.entries()) {
    const lines = items.map((sku, step) =>
      JSON.stringify({
        ...{ type: "productPageView", messageId: `s${at}-${step}`, anonymousId: `visitor-${at}` },
        timestamp: new Date(endedAt - (items.length - 1 - step) * stepMs).toISOString(),
        properties: { items: [{ sku }] },
      }),
    );
    count += lines.length;
    if (!stream.write(`${lines.join("\n")}\n`))
      await new Promise<void>((resolve) => stream.once("drain", () => resolve()));
  }
  stream.end();
  await finished(stream);
  return count;
}

type Asked = { readonly hits: number; readonly mrr: number; readonly same: number; readonly p99Ms: number };

/** Asks the product and the learner the same. */
async function ask(
  cases: readonly Case[],
  product: (items: readonly string[]) => Promise<readonly string[]>,
  learner: (items: readonly string[]) => readonly string[],
): Promise<{ readonly product: Asked; readonly learner: Asked }> {
  const sums = { product: { hits: 0, mrr: 0 }, learner: { hits: 0, mrr: 0 } };
  const count = (sum: { hits: number; mrr: number }, answer: readonly string[], wanted: string) => {
    const rank = answer.indexOf(wanted);
    if (rank < 0) return;
    sum.hits += 1;
    sum.mrr += 1 / (rank + 1);
  };
  const times: number[] = [];
  let same = 0;
  for (const { baskets, next } of cases) {
    const items = baskets.flat().slice(-maxItems);
    const startedAt = performance.now();
    const got = await product(items);
    times.push(performance.now() - startedAt);
    const expected = learner(items);
    if (got.join("\n") === expected.join("\n")) same += 1;
    count(sums.product, got, next[0] ?? "");
    count(sums.learner, expected, next[0] ?? "");
  }
  const share = ({ hits, mrr }: { hits: number; mrr: number }, p99Ms: number): Asked => ({
    ...{ hits: hits / cases.length, mrr: mrr / cases.length, same: same / cases.length, p99Ms },
  });
  return { product: share(sums.product, quantile(ascending(times), 0.99)), learner: share(sums.learner, 0) };
}

/** @param cases questions whose answer training has seen */
export async function benchProduct(
  set: string,
  sessions: readonly LearnedSession[],
  cases: readonly Case[],
): Promise<readonly BenchRow[]> {
  const dataDir = await createDataDir();
  try {
    const learned = timed(sessions);
    const file = join(dataDir, "sessions.ndjson");
    const events = await writeEvents(file, learned);
    const startedAt = performance.now();
    runCli(dataDir, ["import", "events", file]);
    const importSeconds = (performance.now() - startedAt) / 1_000;
    const config = readConfig({}, { dataDir, logLevel: "silent", port: 0 });
    const app = await createApp({ config, logger: createLogger("silent"), withoutJobs: true });
    try {
      await app.settle();
      const { key } = await app.access.createKey(
        { kind: "write", name: "bench", sourceId: "shop" },
        { actor: "bench", via: "cli" },
      );
      const learningAt = performance.now();
      await app.recommendations.refresh({ isForced: true });
      const learnSeconds = (performance.now() - learningAt) / 1_000;
      const next = createNextItems(learned);
      const asked = await ask(
        cases,
        async (items) => {
          const answer = await app.server.inject({
            ...{ method: "POST", url: "/v1/recommendations", headers: { authorization: `Bearer ${key}` } },
            payload: { strategy: "next", items, limit },
          });
          if (answer.statusCode !== 200) throw new Error(answer.body);
          const body = answer.json<{
            readonly items: readonly { readonly sku: string; readonly isFallback: boolean }[];
          }>();
          return body.items.filter(({ isFallback }) => !isFallback).map(({ sku }) => sku);
        },
        (items) => next.next(items, limit).map(({ item }) => item),
      );
      const name = (what: string) => `recommend.${set}.product.${what}`;
      const { product, learner } = asked;
      const note = `${cases.length} questions; ${events} events imported in ${importSeconds.toFixed(0)} s, counted and learned in ${learnSeconds.toFixed(0)} s`;
      const beside = (what: string, mine: number, other: number, text = "") =>
        against(
          row(name(what), mine, "", "ratio ≥ 0.99", text),
          `the learner by itself ${other.toFixed(4)}`,
          mine / other,
        );
      return [
        beside("hr@20", product.hits, learner.hits, note),
        beside("mrr@20", product.mrr, learner.mrr),
        row(name("same"), product.same, "", "", "answers that are the learner's, product by product"),
        row(name("p99"), product.p99Ms, "ms", "≤ 10", "with HTTP, without a network"),
      ];
    } finally {
      await app.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
