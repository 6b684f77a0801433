// What logs cannot show: a shop in which the truth is known (src/testing/ranking/simulate-shop.ts).
import { describe, expect, it, vi } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { simulatedFeatures, simulateShop } from "../testing/ranking/simulate-shop.ts";
import { exploreOne } from "./explore.ts";
import { fitRanker, plainFit, splitByTime } from "./fit-ranker.ts";
import type { RankedLists } from "./lists.ts";
import { ndcgOf } from "./ndcg.ts";
import { examinationOf, type MovedItem, naturalCurve } from "./position-bias.ts";
import { flattenRanker } from "./ranker.ts";
import { trainRanker } from "./train-ranker.ts";

vi.setConfig({ testTimeout: 60_000 });

const size = 12;
const examination = (slot: number): number => slot ** -0.9;
const ips = (slot: number): number => Math.min(10, 1 / examination(slot));

/** Mean NDCG@10 of the newest lists by what visitors truly like. */
function trueNdcg(lists: RankedLists, truth: Float64Array): number {
  const { train, stop, test } = splitByTime(lists);
  const model = fitRanker(lists, { train, stop }, new Set(), { ...plainFit, seed: 1 });
  const scores = new Float64Array(truth.length);
  flattenRanker(model, lists.features).score(lists.values, scores.length, scores);
  let sum = 0;
  for (let list = test.from; list < test.to; list += 1)
    sum += ndcgOf(scores, truth, list * size, (list + 1) * size) ?? 0;
  return sum / (test.to - test.from);
}

function withoutFeature({ ...lists }: RankedLists, name: string): RankedLists {
  const width = lists.features.length;
  const at = lists.features.indexOf(name);
  return { ...lists, values: lists.values.map((value, place) => (place % width === at ? Number.NaN : value)) };
}

describe("a simulated shop", () => {
  it("shows how likely places are looked at, within 10 %, by products that stood in several", () => {
    // Much chance in the order, so that every product stands in many places.
    const { lists, product } = simulateShop({ lists: 30_000, size: 8, seed: 1, examination, jitter: 2 });
    const seen = new Map<string, { shown: Map<number, number>; clicked: number[] }>();
    for (let row = 0; row < product.length; row += 1) {
      // As a query would have it: some fifteen lists of a product are one subject.
      const key = `${product[row]} ${Math.floor(row / 8 / 150)}`;
      const item = seen.get(key) ?? { shown: new Map<number, number>(), clicked: [] };
      const slot = lists.slots[row]!;
      item.shown.set(slot, (item.shown.get(slot) ?? 0) + 1);
      if (lists.gains[row]! > 0) item.clicked.push(slot);
      seen.set(key, item);
    }
    const moved = [...seen.values()]
      .filter(({ clicked }) => clicked.length === 1)
      .map(({ shown, clicked }): MovedItem => ({ shown: [...shown], clicked: clicked[0]! }));
    expect(moved.length).toBeGreaterThan(2_000);
    const curve = naturalCurve(moved)!;
    for (const slot of [2, 4, 8])
      expect(Math.abs(examinationOf(curve, slot) / examination(slot) - 1)).toBeLessThan(0.1);
  });

  it("is ordered better by a ranker that knows how seldom low places are looked at", () => {
    for (const seed of [1, 2]) {
      const given = { lists: 4_000, size, seed, examination };
      const naive = simulateShop(given);
      const weighted = simulateShop({ ...given, weight: ips });
      expect(trueNdcg(weighted.lists, weighted.truth)).toBeGreaterThan(trueNdcg(naive.lists, naive.truth) + 0.01);
    }
  });

  it("is ordered better by at least 5 % when the ranker knows the visitor", () => {
    for (const seed of [1, 2]) {
      const { lists, truth } = simulateShop({ lists: 4_000, size, seed, examination, weight: ips });
      expect(simulatedFeatures).toContain("taste");
      expect(trueNdcg(lists, truth) / trueNdcg(withoutFeature(lists, "taste"), truth)).toBeGreaterThan(1.05);
    }
  });

  it("gives a new good product 80 % of its fair exposure within 500 impressions", () => {
    // Twenty products compete for one exploring slot; the new one is the best of them and nobody knows.
    const random = createRandom(3);
    const rates = Array.from({ length: 20 }, (_, at) => (at === 0 ? 0.12 : 0.02 + 0.04 * random()));
    const known = rates.map((rate, at) =>
      at === 0 ? { clicks: 0, shown: 0 } : { clicks: Math.round(300 * rate), shown: 300 },
    );
    let late = 0;
    for (let impression = 0; impression < 500; impression += 1) {
      const { at } = exploreOne(known, 1_000 + impression)!;
      known[at]!.shown += 1;
      if (random() < rates[at]!) known[at]!.clicks += 1;
      if (impression >= 400 && at === 0) late += 1;
    }
    // Who knew the rates would show it every time.
    expect(late / 100).toBeGreaterThanOrEqual(0.8);
  });

  it("stops a ranker at its gate whose features have gone stale", () => {
    const given = { lists: 6_000, size, seed: 5, examination, weight: ips };
    const job = (lists: RankedLists) => ({ lists, rising: [], plainFeature: "plain_score", seed: 1 });
    const fresh = trainRanker(job(simulateShop(given).lists));
    expect(fresh.gate).toMatchObject({ passed: true });
    // The last tenth of the lists: after training, and after the lists that it was stopped by.
    const stale = trainRanker(job(simulateShop({ ...given, staleFrom: 5_100 }).lists));
    expect(stale.gate.passed).toBe(false);
    expect(stale.report.ndcg).toBeLessThan(fresh.report.ndcg);
  });
});
