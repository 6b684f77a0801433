import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { inData } from "../testing/folders.ts";
import { evaluateOffPolicy, type LoggedChoice } from "./off-policy.ts";

describe("what another policy would have earned", () => {
  it("is worked out as by hand", () => {
    // Weights 2, 0.5, 0 and 1.
    const report = evaluateOffPolicy([
      { reward: 1, logged: 0.25, target: 0.5, expected: 0.5, expectedOfTarget: 0.4 },
      { reward: 1, logged: 0.5, target: 0.25, expected: 0.5, expectedOfTarget: 0.4 },
      { reward: 0, logged: 0.5, target: 0, expected: 0.1, expectedOfTarget: 0.4 },
      { reward: 0, logged: 0.5, target: 0.5, expected: 0.1, expectedOfTarget: 0.4 },
    ]);
    expect(report.ips).toBeCloseTo(2.5 / 4, 12);
    expect(report.snips).toBeCloseTo(2.5 / 3.5, 12);
    expect(report.dm).toBeCloseTo(0.4, 12);
    // 0.4 + (2·0.5 + 0.5·0.5 + 0 − 0.1) / 4
    expect(report.dr).toBeCloseTo(0.4 + 1.15 / 4, 12);
    expect(report.sndr).toBeCloseTo(0.4 + 1.15 / 3.5, 12);
    expect(report.effectiveSize).toBeCloseTo(3.5 ** 2 / 5.25, 12);
    expect(report.refusals.join()).toContain("200 are needed");
  });

  it("holds the truth of a policy that was never run in nineteen of twenty intervals", () => {
    const rates = [0.1, 0.2, 0.4];
    const [logged, target] = [
      [0.6, 0.3, 0.1],
      [0.1, 0.3, 0.6],
    ];
    const truth = 0.1 * 0.1 + 0.3 * 0.2 + 0.6 * 0.4;
    const rounds = 200;
    let held = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const random = createRandom(round * 7_919);
      const choices = Array.from({ length: 2_000 }, (): LoggedChoice => {
        const draw = random();
        const arm = draw < 0.6 ? 0 : draw < 0.9 ? 1 : 2;
        return { reward: random() < rates[arm]! ? 1 : 0, logged: logged[arm]!, target: target[arm]! };
      });
      const { interval, refusals, dr } = evaluateOffPolicy(choices);
      expect(refusals).toEqual([]);
      expect(dr).toBeNull();
      if (interval[0] < truth && interval[1] > truth) held += 1;
    }
    expect(held / rounds).toBeGreaterThan(0.9);
  });

  it("refuses a verdict where the logged chances cannot be right", () => {
    const choices = Array.from({ length: 5_000 }, (): LoggedChoice => ({ reward: 0, logged: 0.5, target: 0.1 }));
    expect(evaluateOffPolicy(choices).refusals.join()).toContain("weights are 0.20 on average");
  });

  it("leaves out what was logged without a chance, and survives an empty log", () => {
    const report = evaluateOffPolicy([
      { reward: 1, logged: 0, target: 1 },
      { reward: Number.NaN, logged: 1, target: 1 },
    ]);
    expect(report.size).toBe(0);
    expect(report.snips).toBe(0);
    expect(evaluateOffPolicy([]).refusals).toHaveLength(2);
  });
});

const folder = inData("openbandit");
const hasData = existsSync(join(folder, "men_random.csv.gz"));
if (!hasData) console.log(`openbandit is not in ${folder}: its replay is skipped`);

type Row = { readonly item: number; readonly position: number; readonly click: number; readonly propensity: number };

function readLog(name: string): readonly Row[] {
  const [, ...lines] = gunzipSync(readFileSync(join(folder, name)))
    .toString("utf8")
    .trim()
    .split("\n");
  return lines.map((line) => {
    const [, , item, position, click, propensity] = line.split(",");
    return { item: Number(item), position: Number(position), click: Number(click), propensity: Number(propensity) };
  });
}

const rateOf = (rows: readonly Row[]): number => rows.reduce((sum, { click }) => sum + click, 0) / rows.length;
const key = ({ item, position }: Row): string => `${item} ${position}`;

describe.skipIf(!hasData)("the replay of a fashion shop's log", () => {
  const [uniform, bandit] = hasData ? [readLog("men_random.csv.gz"), readLog("men_bts.csv.gz")] : [[], []];

  it("estimates the uniform policy from what a bandit logged, and holds its true rate in the interval", () => {
    const items = new Set(uniform.map(({ item }) => item)).size;
    const report = evaluateOffPolicy(
      bandit.map(({ click, propensity }) => ({ reward: click, logged: propensity, target: 1 / items })),
    );
    const truth = rateOf(uniform);
    expect(items).toBe(34);
    expect(report.interval[0]).toBeLessThan(truth);
    expect(report.interval[1]).toBeGreaterThan(truth);
  });

  it("estimates the bandit, as it chose on average, from the uniform log", () => {
    const shares = new Map<string, number>();
    const ofPosition = new Map<number, number>();
    for (const row of bandit) {
      shares.set(key(row), (shares.get(key(row)) ?? 0) + 1);
      ofPosition.set(row.position, (ofPosition.get(row.position) ?? 0) + 1);
    }
    const report = evaluateOffPolicy(
      uniform.map((row) => ({
        reward: row.click,
        logged: row.propensity,
        target: (shares.get(key(row)) ?? 0) / (ofPosition.get(row.position) ?? 1),
      })),
    );
    const truth = rateOf(bandit);
    expect(report.refusals).toEqual([]);
    expect(report.interval[0]).toBeLessThan(truth);
    expect(report.interval[1]).toBeGreaterThan(truth);
    expect(report.meanWeight).toBeGreaterThan(0.9);
  });
});
