import { describe, expect, it } from "vitest";
import { createRandom } from "../../kernel/index.ts";
import {
  type Bandit,
  type Belief,
  believe,
  chancesToWin,
  chanceToWin,
  priorityWithChance,
  sampleOrder,
} from "./bandit.ts";
import { type BanditRow, fitBandit } from "./fit-bandit.ts";

const belief = (key: string, mean: number, sd: number, n = 10_000): Belief => ({ key, mean, sd, n });
const normal = (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

describe("the chance to win", () => {
  it("is what a million draws say, for beliefs as unlike as they come", () => {
    const sets: Belief[][] = [
      [belief("a", 0.1, 0.02), belief("b", 0.12, 0.02), belief("c", 0.05, 0.1)],
      [belief("a", 0.1, 0.0005), belief("b", 0.1005, 0.1), belief("c", 0.08, 0.01)],
      [belief("a", 0, 1), belief("b", 0, 1)],
    ];
    for (const set of sets) {
      const random = createRandom(7);
      const wins = set.map(() => 0);
      const rounds = 1_000_000 / set.length;
      for (let round = 0; round < rounds; round += 1) {
        const scores = set.map(({ mean, sd }) => mean + sd * normal(random));
        wins[scores.indexOf(Math.max(...scores))]! += 1;
      }
      let sum = 0;
      for (const [at, won] of wins.entries()) {
        expect(Math.abs(chanceToWin(set, at) - won / rounds)).toBeLessThan(0.005);
        expect(Math.abs(chancesToWin(set)[at]! - won / rounds)).toBeLessThan(0.005);
        sum += chanceToWin(set, at);
      }
      expect(sum).toBeCloseTo(1, 2);
    }
  });

  it("is one for the only offer", () => {
    expect(chanceToWin([belief("a", 0, 1)], 0)).toBe(1);
  });
});

describe("a sampled order", () => {
  const beliefs = [belief("a", 0.1, 0.02), belief("b", 0.12, 0.02), belief("new", 0.1, 0.05, 0)];

  it("is the same for the same seed, and does not depend on who else is eligible", () => {
    expect(sampleOrder(beliefs, 1, 0.1, "visitor-1")).toEqual(sampleOrder(beliefs, 1, 0.1, "visitor-1"));
    for (let visitor = 0; visitor < 50; visitor += 1) {
      const seed = `visitor-${visitor}`;
      const all = sampleOrder(beliefs, 1, 0, seed).order.map((at) => beliefs[at]!.key);
      const two = sampleOrder(beliefs.slice(0, 2), 1, 0, seed).order.map((at) => beliefs[at]!.key);
      expect(all.filter((key) => key !== "new")).toEqual(two);
    }
  });

  it.each([1, 2])("is chosen as often as its propensities say, for %i wanted", (wanted) => {
    const rounds = wanted === 1 ? 6_000 : 2_000;
    const counts = new Map<string, number>();
    const promised = new Map<string, number>();
    for (let visitor = 0; visitor < rounds; visitor += 1) {
      const { order, propensities } = sampleOrder(beliefs, wanted, 0.1, `visitor-${visitor}`);
      for (const [place, at] of order.slice(0, wanted).entries()) {
        counts.set(beliefs[at]!.key, (counts.get(beliefs[at]!.key) ?? 0) + 1);
        promised.set(beliefs[at]!.key, propensities[place]!);
      }
    }
    for (const [key, count] of counts)
      expect(Math.abs(count / rounds - promised.get(key)!)).toBeLessThan(0.06 * wanted);
  });

  it("puts little-known offers first in the share that explores", () => {
    const known = [belief("a", 0.5, 0.001), belief("new", 0.1, 0.001, 0)];
    const firsts = Array.from({ length: 4_000 }, (_, at) => known[sampleOrder(known, 1, 0.2, `v${at}`).order[0]!]!.key);
    const share = firsts.filter((key) => key === "new").length / firsts.length;
    expect(share).toBeGreaterThan(0.17);
    expect(share).toBeLessThan(0.23);
    expect(sampleOrder(known, 1, 0.2, "v").propensities[0]).toBeGreaterThan(0.1);
  });

  it("keeps to priority before anything is learned, but for its share of chance", () => {
    const seen = [0, 0, 0, 0];
    for (let visitor = 0; visitor < 4_000; visitor += 1) {
      const { order, propensities } = priorityWithChance(4, 1, 0.2, `v${visitor}`);
      seen[order[0]!]! += 1;
      expect(propensities[0]).toBeCloseTo(order[0] === 0 ? 0.85 : 0.05, 12);
    }
    expect(seen[0]! / 4_000).toBeGreaterThan(0.82);
    for (const other of seen.slice(1)) expect(other / 4_000).toBeGreaterThan(0.03);
  });
});

/** Click chances of three offers: the first is for phones, the second for desktops, the third for nobody in particular. */
const truth = (arm: number, mobile: number): number => [0.05 + 0.25 * mobile, 0.3 - 0.25 * mobile, 0.12][arm]!;

describe("a learned bandit", () => {
  const learn = (bandit: Bandit | undefined, rows: BanditRow[], round: number, random: () => number) => {
    const keys = ["phone", "desktop", "anybody"];
    let regret = 0;
    const decisions = 400;
    for (let decision = 0; decision < decisions; decision += 1) {
      const mobile = random() < 0.5 ? 1 : 0;
      const x = [1, 0, mobile];
      const seed = `${round}-${decision}`;
      const at = bandit
        ? sampleOrder(
            keys.map((key) => believe(bandit, key, x)),
            1,
            0.05,
            seed,
          ).order[0]!
        : priorityWithChance(3, 1, 1, seed).order[0]!;
      rows.push({ arm: keys[at]!, x, reward: random() < truth(at, mobile) ? 1 : 0 });
      regret += 0.3 - truth(at, mobile);
    }
    return regret / decisions;
  };

  it("finds the best offer of each context, and its regret falls", () => {
    const random = createRandom(11);
    const rows: BanditRow[] = [];
    const regrets: number[] = [];
    let bandit: Bandit | undefined;
    for (let round = 0; round < 15; round += 1) {
      regrets.push(learn(bandit, rows, round, random));
      bandit = fitBandit(["one", "place", "mobile"], rows);
    }
    const bestFor = (mobile: number) =>
      ["phone", "desktop", "anybody"]
        .map((key) => believe(bandit!, key, [1, 0, mobile]))
        .sort((a, b) => b.mean - a.mean)[0]!.key;
    expect([bestFor(1), bestFor(0)]).toEqual(["phone", "desktop"]);
    expect(regrets[0]).toBeGreaterThan(0.1);
    const late = regrets.slice(-3).reduce((sum, regret) => sum + regret, 0) / 3;
    expect(late).toBeLessThan(regrets[0]! / 5);
  });

  it("gives a good new offer its chance", () => {
    const random = createRandom(5);
    const rows: BanditRow[] = Array.from({ length: 4_000 }, (_, at) => ({
      arm: at % 2 ? "old" : "older",
      x: [1, 0],
      reward: random() < 0.1 ? 1 : 0,
    }));
    let shown = 0;
    for (let round = 0; round < 10; round += 1) {
      const bandit = fitBandit(["one", "place"], rows);
      for (let decision = 0; decision < 100; decision += 1) {
        const keys = ["old", "older", "new"];
        const at = sampleOrder(
          keys.map((key) => believe(bandit, key, [1, 0])),
          1,
          0.1,
          `${round}-${decision}`,
        ).order[0]!;
        if (at === 2) shown += 1;
        rows.push({ arm: keys[at]!, x: [1, 0], reward: random() < (at === 2 ? 0.25 : 0.1) ? 1 : 0 });
      }
    }
    expect(shown).toBeGreaterThan(600);
  });

  it("is the same whatever the order of an offer's rows, and leaves out rows of other inputs", () => {
    const rows = [
      { arm: "a", x: [1, 0], reward: 1 },
      { arm: "a", x: [1, 0.7], reward: 0 },
      { arm: "b", x: [1, 0], reward: 0 },
    ];
    const bandit = fitBandit(["one", "place"], rows);
    expect(fitBandit(["one", "place"], [...rows].reverse())).toEqual(bandit);
    expect(fitBandit(["one", "place"], [...rows, { arm: "c", x: [1], reward: 1 }])).toEqual(bandit);
    expect(believe(bandit, "unseen", [1, 0])).toMatchObject({ n: 0 });
    expect(believe(bandit, "__proto__", [1, 0])).toMatchObject({ n: 0 });
  });
});
