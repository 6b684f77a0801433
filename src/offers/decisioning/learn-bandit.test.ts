import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../kernel/index.ts";
import { inData } from "../../testing/folders.ts";
import { believe, priorityWithChance } from "./bandit.ts";
import { type BanditChoiceRow, learnBandit } from "./learn-bandit.ts";

const features = ["one", "place", "mobile"];
const keys = ["first", "second", "third"];

/** A log as decisions leave it before anything is learned: priority, and a share by chance. */
function logOf(count: number, share: number, rate: (arm: number, mobile: number) => number): BanditChoiceRow[] {
  const random = createRandom(42);
  return Array.from({ length: count }, (_, ts) => {
    const mobile = random() < 0.5 ? 1 : 0;
    const { order, propensities } = priorityWithChance(3, 1, share, `visitor-${ts}`);
    const shown = order[0]!;
    const offers = [keys[shown]!];
    const won = random() < rate(shown, mobile) ? offers : [];
    return { ts, inputs: [1, 0, mobile], candidates: keys, offers, propensities, won };
  });
}

describe("a learned order", () => {
  it("passes its gate when it is surely ahead of priority, and is judged about right", () => {
    const rate = (arm: number, mobile: number) => [0.1, mobile ? 0.3 : 0.05, mobile ? 0.05 : 0.3][arm]!;
    const { bandit, gate, report } = learnBandit({ features, rows: logOf(12_000, 0.3, rate), seed: 1 });
    expect(gate).toMatchObject({ passed: true });
    expect(report.priority.snips).toBeCloseTo(0.1, 1);
    // It would nearly always find the best, which earns 0.3.
    expect(Math.abs((report.model.dr ?? 0) - 0.29)).toBeLessThan(0.03);
    expect(report.difference.low).toBeGreaterThan(0.1);
    const best = (mobile: number) =>
      keys.map((key) => believe(bandit, key, [1, 0, mobile])).sort((a, b) => b.mean - a.mean)[0]!.key;
    expect([best(1), best(0)]).toEqual(["second", "third"]);
  });

  it("is refused where priority is as good, and where there is too little to say", () => {
    const same = learnBandit({ features, rows: logOf(6_000, 0.3, () => 0.1), seed: 1 });
    expect(same.gate.passed).toBe(false);
    expect(same.gate.reasons.join()).toContain("not surely ahead");
    const few = learnBandit({ features, rows: logOf(200, 0.1, (arm) => arm / 4), seed: 1 });
    expect(few.gate.passed).toBe(false);
    expect(learnBandit({ features, rows: [], seed: 1 }).gate.passed).toBe(false);
  });

  it("is the same for the same log", () => {
    const rows = logOf(2_000, 0.3, (arm) => 0.1 + arm / 10);
    expect(learnBandit({ features, rows, seed: 7 })).toEqual(learnBandit({ features, rows: [...rows], seed: 7 }));
  });

  it("learns that lower places are seen less, instead of that their offers are worse", () => {
    const random = createRandom(3);
    const rows = Array.from({ length: 20_000 }, (_, ts): BanditChoiceRow => {
      const offers = random() < 0.8 ? ["a", "b"] : ["b", "a"];
      const won = offers.filter((_offer, at) => random() < (at === 0 ? 0.3 : 0.1));
      return { ts, inputs: [1, 0], candidates: ["a", "b"], offers, propensities: [1, 1], won };
    });
    const { bandit } = learnBandit({ features: ["one", "place"], rows, seed: 1 });
    const [a, b] = ["a", "b"].map((key) => believe(bandit, key, [1, 0]).mean);
    // As they were shown, a won 0.26 and b 0.14 of the time.
    expect(Math.abs(a! - b!)).toBeLessThan(0.03);
  });
});

const folder = inData("openbandit");
const hasData = existsSync(join(folder, "men_random.csv.gz"));
if (!hasData) console.log(`openbandit is not in ${folder}: learning from it is skipped`);

describe.skipIf(!hasData)("learned from a real shop's impressions by chance", () => {
  const rows = () => {
    const [, ...lines] = gunzipSync(readFileSync(join(folder, "men_random.csv.gz")))
      .toString("utf8")
      .trim()
      .split("\n");
    const candidates = Array.from({ length: 34 }, (_, item) => `item-${item}`);
    return lines.map((line, ts): BanditChoiceRow => {
      const [, , item, position, click, propensity] = line.split(",");
      const offers = [`item-${item}`];
      return {
        ts,
        inputs: [1, Math.log(Number(position))],
        candidates,
        offers,
        propensities: [Number(propensity)],
        won: click === "1" ? offers : [],
      };
    });
  };

  it("does not take the noise of fifty clicks for knowledge, and finds the log's rate again", () => {
    const log = rows();
    const { bandit, gate, report } = learnBandit({ features: ["one", "place"], rows: log, seed: 1 });
    const clicks = log.filter(({ won }) => won.length > 0).length;
    console.log(
      `openbandit: ${clicks} clicks in ${log.length}; model ${report.model.snips.toFixed(4)}, effective size ${report.model.effectiveSize.toFixed(0)}, ${gate.reasons.join("; ")}`,
    );
    expect(gate.passed).toBe(false);
    expect(report.rate).toBeCloseTo(clicks / log.length, 10);
    // Every item was shown about as often as any other.
    expect(report.offers).toBe(34);
    // What it believes of an average item is what the log shows on the whole.
    expect(Math.abs(believe(bandit, "unseen", [1, 0]).mean - clicks / log.length)).toBeLessThan(0.002);
    // The chances of what it would show are chances.
    expect(report.model.meanWeight).toBeGreaterThan(0.6);
    expect(report.model.meanWeight).toBeLessThan(1.6);
  });
});
