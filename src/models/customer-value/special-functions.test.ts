import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digamma, logGamma, quadrature } from "./special-functions.ts";

const positive = fc.double({ min: 1e-4, max: 1e5, noNaN: true });

function expectClose(got: number, want: number, relative = 1e-12): void {
  expect(Math.abs(got - want), `got ${got}, want ${want}`).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(want)));
}

describe("the logarithm of the gamma function", () => {
  it.each([
    [1, 0],
    [2, 0],
    [0.5, 0.572_364_942_924_700_1],
    [10, 12.801_827_480_081_469],
    [100, 359.134_205_369_575_4],
  ])("of %d has its published digits", (x, want) => expectClose(logGamma(x), want));

  it("grows by ln x from x to x + 1", () => {
    fc.assert(fc.property(positive, (x) => expectClose(logGamma(x + 1), logGamma(x) + Math.log(x), 1e-11)));
  });

  it("has the digamma function as its slope", () => {
    expectClose(digamma(1), -0.577_215_664_901_532_9);
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1e4, noNaN: true }), (x) => {
        const step = 1e-4 * x;
        expectClose(digamma(x), (logGamma(x + step) - logGamma(x - step)) / (2 * step), 1e-5);
      }),
    );
  });
});

describe("quadrature", () => {
  it("is exact for polynomials up to degree 19", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 19 }), (degree) => {
        let sum = 0;
        quadrature(0, 2, (x, weight) => {
          sum += weight * x ** degree;
        });
        expectClose(sum, 2 ** (degree + 1) / (degree + 1), 1e-11);
      }),
    );
  });
});
