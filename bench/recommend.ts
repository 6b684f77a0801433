// Next items and next baskets on real logs, beside the plain methods they must beat: clientele bench recommend
// [--through-product] [--train file [--test file]]. Full ranking; what training has not seen is left out of the questions and counted.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { createNextItems, type LearnedSession } from "../src/recommendations/learners/index.ts";
import { createItemRules, createItemToItem, createPopular } from "../src/recommendations/learners/item-rules.ts";
import { type Baskets, createPersonalFrequency, createTifuKnn } from "../src/recommendations/learners/next-basket.ts";
import type { ItemAnswers, ScoredItem } from "../src/recommendations/learners/scored-item.ts";
import { createSessionLog } from "../src/recommendations/learners/session-log.ts";
import { createSessionNeighbours } from "../src/recommendations/learners/session-neighbours.ts";
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { ascending, quantile } from "./lib/quantile.ts";
import { type Case, holdOut, type Log, readCases, readLog } from "./lib/recommend-data.ts";
import { benchProduct } from "./recommend-product.ts";

type Answer = (baskets: Baskets, limit: number) => readonly ScoredItem[];
type Method = { readonly name: string; readonly isShipped: boolean; readonly build: () => Answer };
type Measured = {
  readonly name: string;
  readonly isShipped: boolean;
  /** Share of what came next that is among the first `limit`; of one item, whether it is. */
  readonly hits: number;
  /** 1 / rank of the first hit. */
  readonly mrr: number;
  /** Items that were ever answered, of all. */
  readonly coverage: number;
  readonly p99Ms: number;
  readonly learnSeconds: number;
};

const quickCases = 3_000;
/** Least ratio to the best baseline on session logs. */
const sessionBudget = "ratio ≥ 1.03";

const ofItems =
  (learner: ItemAnswers): Answer =>
  (baskets, limit) =>
    learner.next(baskets.flat(), limit);

function sessionMethods(sessions: readonly LearnedSession[]): readonly Method[] {
  const base = { isShipped: false };
  return [
    { name: "next", isShipped: true, build: () => ofItems(createNextItems(sessions)) },
    { ...base, name: "pop", build: () => ofItems(createPopular(sessions)) },
    { ...base, name: "sr", build: () => ofItems(createItemRules(sessions, "follows")) },
    { ...base, name: "ar", build: () => ofItems(createItemRules(sessions, "together")) },
    { ...base, name: "vsknn", build: () => ofItems(createSessionNeighbours(createSessionLog(sessions), "sknn")) },
  ];
}

function peopleMethods(log: Exclude<Log, { kind: "sessions" }>): readonly Method[] {
  const histories: readonly Baskets[] =
    log.kind === "baskets"
      ? [...log.people.values()]
      : [...log.people.values()].map((items) => items.map((item) => [item]));
  const sessions = histories.map((baskets) => ({ items: baskets.flat() }));
  const shipped: Method =
    log.kind === "baskets"
      ? { name: "tifu", isShipped: true, build: () => createTifuKnn(histories).next }
      : { name: "next", isShipped: true, build: () => ofItems(createNextItems(sessions)) };
  return [
    shipped,
    { name: "frequency", isShipped: false, build: () => createPersonalFrequency().next },
    { name: "item-to-item", isShipped: false, build: () => ofItems(createItemToItem(sessions)) },
    { name: "pop", isShipped: false, build: () => ofItems(createPopular(sessions)) },
  ];
}

function measure(method: Method, cases: readonly Case[], limit: number, itemCount: number): Measured {
  const startedAt = performance.now();
  const answer = method.build();
  const learnSeconds = (performance.now() - startedAt) / 1_000;
  let [hits, mrr] = [0, 0];
  const answered = new Set<string>();
  const times: number[] = [];
  for (const { baskets, next } of cases) {
    const askedAt = performance.now();
    const items = answer(baskets, limit);
    times.push(performance.now() - askedAt);
    const wanted = new Set(next);
    let found = 0;
    for (const [at, { item }] of items.entries()) {
      answered.add(item);
      if (!wanted.has(item)) continue;
      if (found === 0) mrr += 1 / (at + 1);
      found += 1;
    }
    hits += found / wanted.size;
  }
  const share = { hits: hits / cases.length, mrr: mrr / cases.length, coverage: answered.size / itemCount };
  return { ...method, ...share, p99Ms: quantile(ascending(times), 0.99), learnSeconds };
}

function knownItems(log: Log): ReadonlySet<string> {
  if (log.kind === "sessions") return new Set(log.sessions.flatMap(({ items }) => items));
  const all: readonly (readonly (string | readonly string[])[])[] = [...log.people.values()];
  return new Set(all.flat(2));
}

/** Questions whose answer was seen in training; items that were not are taken out of histories too. */
function answerable(cases: readonly Case[], known: ReadonlySet<string>): readonly Case[] {
  return cases.flatMap(({ baskets, next }) => {
    const seen = baskets.map((basket) => basket.filter((item) => known.has(item))).filter(({ length }) => length > 0);
    // What nobody could know counts against nobody, but a basket is measured as a whole.
    return seen.length > 0 && next.some((item) => known.has(item)) ? [{ baskets: seen, next }] : [];
  });
}

function rowsOf(
  set: string,
  log: Log,
  measured: readonly Measured[],
  limit: number,
  note: string,
): readonly BenchRow[] {
  const shipped = measured.find(({ isShipped }) => isShipped);
  const others = measured.filter(({ isShipped }) => !isShipped);
  if (!shipped) return [];
  const metric = log.kind === "baskets" ? `recall@${limit}` : `hr@${limit}`;
  const bestHits = others.reduce((best, other) => (other.hits > best.hits ? other : best));
  const bestMrr = others.reduce((best, other) => (other.mrr > best.mrr ? other : best));
  const name = (learner: string, what: string) => `recommend.${set}.${learner}.${what}`;
  return [
    against(
      row(name(shipped.name, metric), shipped.hits, "", log.kind === "sessions" ? sessionBudget : "ratio ≥ 1", note),
      `${bestHits.name} ${bestHits.hits.toFixed(4)}`,
      shipped.hits / bestHits.hits,
    ),
    against(
      row(name(shipped.name, `mrr@${limit}`), shipped.mrr, "", log.kind === "sessions" ? "ratio ≥ 1" : ""),
      `${bestMrr.name} ${bestMrr.mrr.toFixed(4)}`,
      shipped.mrr / bestMrr.mrr,
    ),
    row(name(shipped.name, "coverage"), shipped.coverage, "", "", "items ever answered, of all items"),
    row(name(shipped.name, "p99"), shipped.p99Ms, "ms", "≤ 10", `learned in ${shipped.learnSeconds.toFixed(1)} s`),
    ...others.map((other) =>
      row(
        name(other.name, metric),
        other.hits,
        "",
        "",
        `MRR@${limit} ${other.mrr.toFixed(4)}, coverage ${other.coverage.toFixed(3)}`,
      ),
    ),
  ];
}

async function benchSet(
  set: string,
  log: Log,
  cases: readonly Case[],
  { quick, throughProduct = false }: BenchOptions,
): Promise<readonly BenchRow[]> {
  const known = knownItems(log);
  const asked = answerable(cases, known);
  const step = quick ? Math.max(1, Math.floor(asked.length / quickCases)) : 1;
  const sample = asked.filter((_, at) => at % step === 0);
  if (sample.length === 0) throw new Error(`${set}: no question whose answer was seen in training`);
  if (throughProduct) return log.kind === "sessions" ? benchProduct(set, log.sessions, sample) : [];
  const limit = log.kind === "sessions" ? 20 : 10;
  const methods = log.kind === "sessions" ? sessionMethods(log.sessions) : peopleMethods(log);
  const measured = methods.map((method) => measure(method, sample, limit, known.size));
  const note = `${sample.length} questions; ${cases.length - asked.length} left out, their answers or histories unknown to training`;
  return rowsOf(set, log, measured, limit, note);
}

/** The sets of the data folder; Ta-Feng has its next baskets in a file of their own. */
const sets = [
  { name: "diginetica", train: "sessions/diginetica_train.txt.gz" },
  { name: "retailrocket", train: "sessions/retailrocket_train.txt.gz" },
  { name: "yoochoose", train: "sessions/yoochoose100k_train.csv.gz" },
  { name: "tafeng", train: "tafeng/history.jsonl.gz", test: "tafeng/future_train.jsonl.gz" },
  { name: "beauty", train: "amazon/beauty_train.txt.gz" },
] as const;

/**
 * @param options.throughProduct logs of sessions only: imported, and asked for by the API
 * @param options.train default: the sets of the data folder
 * @param options.test default: the last tenth of the sessions, the last item or basket of each person
 */
export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const { data, train, test } = options;
  if (train !== undefined) {
    const log = readLog(train);
    const set = basename(train).replace(/\..*$/, "");
    const parts = test === undefined ? holdOut(log) : { train: log, cases: readCases(test, log) };
    return benchSet(set, parts.train, parts.cases, options);
  }
  const rows: BenchRow[] = [];
  for (const set of sets) {
    const path = join(data, set.train);
    if (!existsSync(path)) {
      console.log(`${set.name}: left out, there is no ${path}`);
      continue;
    }
    const log = readLog(path);
    const parts = "test" in set ? { train: log, cases: readCases(join(data, set.test), log) } : holdOut(log);
    rows.push(...(await benchSet(set.name, parts.train, parts.cases, options)));
  }
  return rows;
}
