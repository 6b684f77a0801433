import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClienteleError } from "../../kernel/index.ts";
import {
  type BgNbd,
  bgNbdAlive,
  bgNbdAnyPurchase,
  bgNbdIfAlive,
  bgNbdLikelihood,
  bgNbdNewcomer,
  bgNbdProbability,
  fitBgNbd,
} from "./bg-nbd.ts";
import { expectedValue, fitGammaGamma, gammaGammaLikelihood } from "./gamma-gamma.ts";
import { fitParetoNbd, type ParetoNbd, paretoNbdAlive, paretoNbdLikelihood } from "./pareto-nbd.ts";
import {
  expectedPurchases,
  lifetimeValue,
  type PurchaseModel,
  probabilityAlive,
  probabilityOfPurchase,
} from "./purchase-model.ts";
import { groupSummaries } from "./purchase-summary.ts";

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const bgNbd: fc.Arbitrary<BgNbd> = fc.record({
  r: number(0.05, 10),
  alpha: number(0.1, 100),
  a: number(0.05, 10),
  b: number(0.05, 30),
});
const paretoNbd: fc.Arbitrary<ParetoNbd> = fc.record({
  r: number(0.05, 10),
  alpha: number(0.1, 100),
  s: number(0.05, 10),
  beta: number(0.1, 100),
});
const history = fc
  .record({ frequency: fc.integer({ min: 0, max: 200 }), share: number(0, 1), ageWeeks: number(0, 260) })
  .map(({ frequency, share, ageWeeks }) => ({
    frequency,
    ageWeeks,
    recencyWeeks: frequency > 0 ? share * ageWeeks : 0,
  }));
const model: fc.Arbitrary<PurchaseModel> = fc.oneof(
  bgNbd.map((parameters) => ({ kind: "bgnbd" as const, parameters })),
  paretoNbd.map((parameters) => ({ kind: "paretonbd" as const, parameters })),
);

function expectClose(got: number, want: number, relative: number, floor = 1e-9): void {
  expect(Math.abs(got - want), `got ${got}, want ${want}`).toBeLessThanOrEqual(
    relative * Math.max(floor, Math.abs(want)),
  );
}

/** The slope in each direction, by central differences. */
function slopes(value: (point: readonly number[]) => number, point: readonly number[]): readonly number[] {
  return point.map((each, i) => {
    const step = 1e-5 * each;
    const at = (sign: number) => value(point.map((other, j) => (i === j ? other + sign * step : other)));
    return (at(1) - at(-1)) / (2 * step);
  });
}

describe("likelihoods have the gradients that they claim", () => {
  const customers = fc.array(history, { minLength: 1, maxLength: 5 }).map(groupSummaries);
  const check = (claimed: readonly number[], measured: readonly number[]) => {
    for (const [index, each] of claimed.entries()) expectClose(each, measured[index]!, 1e-4, 0.1);
  };

  it("BG/NBD", () => {
    fc.assert(
      fc.property(bgNbd, customers, ({ r, alpha, a, b }, groups) => {
        const at = ([r = 1, alpha = 1, a = 1, b = 1]: readonly number[]) => bgNbdLikelihood({ r, alpha, a, b }, groups);
        const point = [r, alpha, a, b];
        check(
          at(point).gradient,
          slopes((each) => at(each).value, point),
        );
      }),
    );
  });

  it("Pareto/NBD", () => {
    fc.assert(
      fc.property(paretoNbd, customers, ({ r, alpha, s, beta }, groups) => {
        const at = ([r = 1, alpha = 1, s = 1, beta = 1]: readonly number[]) =>
          paretoNbdLikelihood({ r, alpha, s, beta }, groups);
        const point = [r, alpha, s, beta];
        check(
          at(point).gradient,
          slopes((each) => at(each).value, point),
        );
      }),
    );
  });

  it("gamma-gamma", () => {
    const spending = fc.array(fc.record({ frequency: fc.integer({ min: 1, max: 50 }), meanValue: number(0.1, 1e5) }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(number(0.5, 20), number(0.5, 20), number(0.1, 1e4), spending, (p, q, v, each) => {
        const at = ([p = 1, q = 1, v = 1]: readonly number[]) => gammaGammaLikelihood({ p, q, v }, each);
        check(
          at([p, q, v]).gradient,
          slopes((point) => at(point).value, [p, q, v]),
        );
      }),
    );
  });
});

describe("both purchase models", () => {
  it("give probabilities, and purchases that are never negative and grow with the horizon", () => {
    fc.assert(
      fc.property(model, history, number(0, 260), number(0, 260), (each, own, first, second) => {
        const [near, far] = [Math.min(first, second), Math.max(first, second)];
        const alive = probabilityAlive(each, own);
        expect(alive).toBeGreaterThanOrEqual(0);
        expect(alive).toBeLessThanOrEqual(1);
        const [few, many] = [expectedPurchases(each, own, near), expectedPurchases(each, own, far)];
        expect(few).toBeGreaterThanOrEqual(0);
        expect(many).toBeGreaterThanOrEqual(few * (1 - 1e-12));
        const any = probabilityOfPurchase(each, own, far);
        expect(any).toBeLessThanOrEqual(Math.min(alive, many) * (1 + 1e-9) + 1e-300);
        expect(any).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("trust a customer the more, the later the last purchase was", () => {
    fc.assert(
      fc.property(model, history, number(0, 1), (each, own, share) => {
        const earlier = { ...own, recencyWeeks: own.recencyWeeks * share };
        expect(probabilityAlive(each, earlier)).toBeLessThanOrEqual(probabilityAlive(each, own) + 1e-12);
      }),
    );
  });

  it("give a value that is never negative, and more without a discount", () => {
    fc.assert(
      fc.property(model, history, number(0, 1e6), (each, own, value) => {
        const discounted = lifetimeValue(each, own, value);
        const plain = lifetimeValue(each, own, value, { monthlyDiscount: 0 });
        expect(discounted).toBeGreaterThanOrEqual(0);
        expect(plain).toBeGreaterThanOrEqual(discounted);
        expectClose(plain, value * expectedPurchases(each, own, 365.25 / 7), 1e-9);
      }),
    );
  });

  it.each([
    ["a customer of today", { frequency: 0, recencyWeeks: 0, ageWeeks: 0 }],
    ["a thousand purchases up to today", { frequency: 1_000, recencyWeeks: 260, ageWeeks: 260 }],
    ["a thousand purchases long ago", { frequency: 1_000, recencyWeeks: 20, ageWeeks: 260 }],
    ["one purchase long ago", { frequency: 0, recencyWeeks: 0, ageWeeks: 5_000 }],
    ["ten thousand purchases in a week", { frequency: 10_000, recencyWeeks: 1, ageWeeks: 1 }],
  ])("answer finite numbers for %s", (_what, own) => {
    for (const spread of [1e-3, 1, 1e3]) {
      for (const share of [0.01, 1 - 1e-9, 1, 1 + 1e-9, 50]) {
        const models: PurchaseModel[] = [
          { kind: "bgnbd", parameters: { r: spread, alpha: 2 * spread, a: share, b: 2 } },
          { kind: "paretonbd", parameters: { r: spread, alpha: 2 * spread, s: share, beta: 3 } },
        ];
        for (const each of models) {
          const value = lifetimeValue(each, own, 1);
          expect(Number.isFinite(value) && value >= 0, JSON.stringify({ each, value })).toBe(true);
          expect(Number.isFinite(probabilityOfPurchase(each, own, 4))).toBe(true);
        }
      }
    }
  });
});

/** Gauss's hypergeometric function as its power series. */
function hypergeometric(a: number, b: number, c: number, z: number): number {
  let [sum, term] = [1, 1];
  for (let n = 0; n < 10_000; n += 1) {
    term *= (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z;
    sum += term;
  }
  return sum;
}

describe("BG/NBD", () => {
  it("agrees with the formula of the paper where that is safe to compute", () => {
    const safe = fc.record({ frequency: fc.integer({ min: 0, max: 20 }), ageWeeks: number(1, 100) });
    fc.assert(
      fc.property(bgNbd, safe, number(0.5, 50), (parameters, { frequency, ageWeeks }, weeks) => {
        const { r, alpha, a, b } = parameters;
        const last = a + b + frequency - 1;
        fc.pre(Math.abs(a - 1) > 0.05 && last > 0.1);
        const z = weeks / (alpha + ageWeeks + weeks);
        const f = hypergeometric(r + frequency, b + frequency, last, z);
        const published = (last / (a - 1)) * (1 - (1 - z) ** (r + frequency) * f);
        fc.pre(Number.isFinite(published));
        const own = { frequency, recencyWeeks: 0, ageWeeks };
        expectClose(bgNbdIfAlive(parameters, own, weeks), published, 1e-7, 1e-3);
      }),
    );
  });

  it("expects every purchase at the mean rate of a customer who is never lost", () => {
    fc.assert(
      fc.property(number(0.1, 10), number(0.1, 100), history, number(0.1, 100), (r, alpha, own, weeks) => {
        const got = bgNbdIfAlive({ r, alpha, a: 1e-14, b: 1 }, own, weeks);
        expectClose(got, ((r + own.frequency) * weeks) / (alpha + own.ageWeeks), 1e-9);
      }),
    );
  });

  it("has the expectation and the first probability of its own distribution", () => {
    const parameters = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
    const probabilities = Array.from({ length: 400 }, (_, count) => bgNbdProbability(parameters, 30, count));
    expectClose(
      probabilities.reduce((sum, each) => sum + each, 0),
      1,
      1e-9,
    );
    expectClose(
      probabilities.reduce((sum, each, count) => sum + each * count, 0),
      bgNbdNewcomer(parameters, 30),
      1e-9,
    );
    const newcomer = { frequency: 0, recencyWeeks: 0, ageWeeks: 0 };
    expectClose(bgNbdAnyPurchase(parameters, newcomer, 30), 1 - bgNbdProbability(parameters, 30, 0), 1e-12);
  });

  it("never loses a customer without a repeat purchase", () => {
    fc.assert(
      fc.property(bgNbd, number(0, 500), (parameters, ageWeeks) => {
        expect(bgNbdAlive(parameters, { frequency: 0, recencyWeeks: 0, ageWeeks })).toBe(1);
      }),
    );
  });
});

describe("Pareto/NBD", () => {
  it("sums the same integral as a thousand small steps", () => {
    fc.assert(
      fc.property(paretoNbd, history, (parameters, own) => {
        const { r, alpha, s, beta } = parameters;
        const { frequency, recencyWeeks, ageWeeks } = own;
        const steps = 4_000;
        const rate = r + frequency;
        const at = (y: number) =>
          (s *
            Math.exp(
              rate * Math.log((alpha + ageWeeks) / (alpha + y)) + s * Math.log((beta + ageWeeks) / (beta + y)),
            )) /
          (beta + y);
        // Midpoints in the logarithm, where the integrand is steep.
        const base = Math.min(alpha, beta);
        const whole = Math.log((base + ageWeeks) / (base + recencyWeeks));
        let odds = 0;
        for (let i = 0; i < steps; i += 1) {
          const scaled = (base + recencyWeeks) * Math.exp(((i + 0.5) / steps) * whole);
          odds += ((at(scaled - base) * scaled) / steps) * whole;
        }
        expectClose(paretoNbdAlive(parameters, own), 1 / (1 + odds), 2e-3);
      }),
      { numRuns: 50 },
    );
  });
});

/** Uniform numbers of a small generator, the same on every run. */
function createRandom(seed: number) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return { uniform, exponential: (rate: number) => -Math.log(uniform()) / rate };
}

describe("fits", () => {
  it("find the parameters that customers were generated with", () => {
    const { uniform, exponential } = createRandom(5);
    // r = a = b = 1: an exponential rate with mean 1/10 a week, and a uniform probability of loss.
    const customers = Array.from({ length: 20_000 }, () => {
      const [ageWeeks, rate, loss] = [52 + 52 * uniform(), exponential(10), uniform()];
      let [frequency, recencyWeeks] = [0, 0];
      for (let at = exponential(rate); at <= ageWeeks; at += exponential(rate)) {
        frequency += 1;
        recencyWeeks = at;
        if (uniform() < loss) break;
      }
      return { frequency, recencyWeeks, ageWeeks };
    });
    const { parameters, converged } = fitBgNbd(groupSummaries(customers));
    expect(converged).toBe(true);
    expectClose(parameters.r, 1, 0.08);
    expectClose(parameters.alpha, 10, 0.08);
    expectClose(parameters.a, 1, 0.12);
    expectClose(parameters.b, 1, 0.12);
  });

  it("end on a population that is never lost, where no finite parameters are best", () => {
    const { uniform, exponential } = createRandom(9);
    const customers = Array.from({ length: 500 }, () => {
      const ageWeeks = 20 + 20 * uniform();
      let [frequency, recencyWeeks] = [0, 0];
      for (let at = exponential(0.2); at <= ageWeeks; at += exponential(0.2)) {
        frequency += 1;
        recencyWeeks = at;
      }
      return { frequency, recencyWeeks, ageWeeks };
    });
    const groups = groupSummaries(customers);
    const total = customers.reduce((sum, { frequency }) => sum + frequency, 0);
    for (const each of [
      { kind: "bgnbd" as const, ...fitBgNbd(groups) },
      { kind: "paretonbd" as const, ...fitParetoNbd(groups) },
    ] as PurchaseModel[]) {
      const expected = customers.reduce((sum, own) => sum + expectedPurchases(each, own, 30), 0);
      expectClose(expected, (total / 30) * 30, 0.1);
      for (const own of customers) expect(probabilityAlive(each, own)).toBeGreaterThan(0.5);
    }
  });

  it("do not depend on the unit of money", () => {
    const spending = Array.from({ length: 200 }, (_, index) => ({
      frequency: 1 + (index % 5),
      meanValue: 20 + ((index * 37) % 83),
    }));
    const [major, minor] = [1, 100].map((unit) => {
      const { parameters } = fitGammaGamma(spending.map((each) => ({ ...each, meanValue: each.meanValue * unit })));
      return expectedValue(parameters, { frequency: 2, meanValue: 30 * unit })! / unit;
    });
    expectClose(minor!, major!, 1e-5);
  });
});

describe("bad input", () => {
  it.each([
    [{ frequency: -1, recencyWeeks: 0, ageWeeks: 1 }],
    [{ frequency: 1.5, recencyWeeks: 0, ageWeeks: 1 }],
    [{ frequency: 1, recencyWeeks: 2, ageWeeks: 1 }],
    [{ frequency: 0, recencyWeeks: 1, ageWeeks: 1 }],
    [{ frequency: 1, recencyWeeks: 1, ageWeeks: Number.POSITIVE_INFINITY }],
    [{ frequency: Number.NaN, recencyWeeks: 0, ageWeeks: 1 }],
    [{ frequency: 1e9, recencyWeeks: 1, ageWeeks: 1 }],
  ])("%j is refused", (summary) => {
    expect(() => groupSummaries([summary])).toThrow(ClienteleError);
  });

  it("has no expected value where the expectation is infinite", () => {
    expect(expectedValue({ p: 6, q: 0.9, v: 15 }, { frequency: 0, meanValue: 0 })).toBeUndefined();
  });
});
