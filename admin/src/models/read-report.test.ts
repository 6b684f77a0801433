import { describe, expect, it } from "vitest";
import { roundTicks } from "./charts/round-ticks.ts";
import { likenessAt } from "./likeness-at.ts";
import { readReport } from "./read-report.ts";

describe("report of a model", () => {
  it("reads figures beside those of several simple rules", () => {
    const report = readReport({
      metrics: { auc: 0.81, logLoss: null },
      baselines: { rfm: { auc: 0.7 }, spendContinues: { auc: null } },
      calibration: [{ expected: 0.1, actual: 0.12, count: 40 }],
      lift: [
        { decile: 1, rate: 0.4, lift: 3.1 },
        { decile: 2, rate: 0.1, lift: null },
      ],
      importance: [{ feature: "orders_90d", share: 0.5, sentence: "many orders in 90 days" }],
      split: { trainTo: "2026-01-01T00:00:00Z", testTo: 1_767_225_600_000 },
    });
    expect(report).toMatchObject({ metrics: { auc: 0.81 }, baselines: { rfm: { auc: 0.7 } } });
    expect(Object.keys(report.baselines)).toEqual(["rfm"]);
    expect(report.lift).toEqual([{ decile: 1, rate: 0.4, lift: 3.1 }]);
    expect([report.trainTo, report.testTo]).toEqual(["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"]);
  });

  it("reads one baseline without a name", () => {
    expect(readReport({ report: { baseline: { auc: 0.6 } } }).baselines).toEqual({ baseline: { auc: 0.6 } });
  });

  it("reads groups with what sets them apart", () => {
    const card = { id: "c1", label: "many orders", people: 12, share: 0.2, differs: [{ sentence: "many orders" }] };
    expect(readReport({ clusters: [card, { id: "c2" }] }).clusters).toEqual([
      { id: "c1", label: "many orders", people: 12, share: 0.2, sentences: ["many orders"] },
    ]);
  });

  it.each([null, 3, "x", [], { metrics: "x", calibration: { a: 1 }, lift: [null], split: { trainTo: "soon" } }])(
    "is empty for %j",
    (answer) => {
      expect(readReport(answer)).toMatchObject({ metrics: {}, calibration: [], lift: [], trainTo: "" });
    },
  );
});

describe("size of a look-alike", () => {
  const sizes = [
    { share: 0.1, likeness: 4 },
    { share: 0.2, likeness: 2 },
    { share: 0.5, likeness: null },
  ];

  it("lies on a straight line between measured sizes", () => {
    expect(likenessAt(sizes, 0.1)).toBe(4);
    expect(likenessAt(sizes, 0.15)).toBeCloseTo(3);
    expect(likenessAt(sizes, 0.3)).toBeNull();
    expect(likenessAt([], 0.1)).toBeNull();
  });
});

describe("marks of an axis", () => {
  it.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 7, [0, 2, 4, 6, 8]],
    [0, 0.31, [0, 0.1, 0.2, 0.3, 0.4]],
    [0, 12_345, [0, 5000, 10_000, 15_000]],
    [0, 0, [0, 1]],
  ])("are round figures from %d to %d", (low, high, ticks) => {
    expect(roundTicks(low, high)).toEqual(ticks);
  });

  it("has no halves of people", () => {
    expect(roundTicks(0, 2, 1)).toEqual([0, 1, 2]);
  });
});
