import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import {
  defaultCurve,
  examinationOf,
  knots,
  type MovedItem,
  naturalCurve,
  randomisedCurve,
  type ShuffledSlot,
  weightAt,
} from "./position-bias.ts";

describe("how likely a place is looked at", () => {
  it("falls as the inverse of the place by default, more slowly on phones", () => {
    expect(examinationOf(defaultCurve("desktop"), 1)).toBe(1);
    expect(examinationOf(defaultCurve("desktop"), 4)).toBeCloseTo(0.25, 12);
    expect(examinationOf(defaultCurve("mobile"), 4)).toBeCloseTo(4 ** -0.8, 12);
    expect(examinationOf(defaultCurve("desktop"), 3)).toBeGreaterThan(0.25);
    expect(examinationOf(defaultCurve("desktop"), 9_999)).toBeCloseTo(0.02, 12);
  });

  it("is between 0 and 1 and never rises, at any place", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom("desktop" as const, "mobile" as const),
        (slot, device) => {
          const curve = defaultCurve(device);
          const chance = examinationOf(curve, slot);
          expect(chance).toBeGreaterThan(0);
          expect(chance).toBeLessThanOrEqual(1);
          expect(examinationOf(curve, slot + 1)).toBeLessThanOrEqual(chance);
        },
      ),
    );
  });

  it("makes weights of at most 10", () => {
    expect(weightAt(defaultCurve("desktop"), 2)).toBeCloseTo(2, 12);
    expect(weightAt(defaultCurve("desktop"), 40)).toBe(10);
  });

  it("is found within 10 % from places that were exchanged at random", () => {
    const random = createRandom(1);
    const eta = 0.7;
    const slots: ShuffledSlot[] = [1, 2, 3].map((slot) => {
      let clicks = 0;
      const shown = 20_000;
      for (let list = 0; list < shown; list += 1) if (random() < 0.2 * slot ** -eta) clicks += 1;
      return { slot, shown, clicks };
    });
    const curve = randomisedCurve(slots);
    expect(curve?.source).toBe("randomised");
    for (const slot of [2, 3]) expect(examinationOf(curve!, slot) / slot ** -eta).toBeCloseTo(1, 1);
  });

  it("is found within 10 % from products that stood in different places", () => {
    const random = createRandom(2);
    const truth = { at: [1, 0.6, 0.35, 0.2, 0.1, 0.05], source: "natural" as const, clicks: 0 };
    const items: MovedItem[] = [];
    while (items.length < 20_000) {
      const shown = [0, 1, 2].map(() => knots[Math.floor(random() * knots.length)]!);
      const distinct = [...new Set(shown)];
      const rate = 0.01 + 0.05 * random();
      const clicks = shown.filter((slot) => random() < rate * examinationOf(truth, slot));
      const [clicked] = clicks;
      if (clicks.length !== 1 || clicked === undefined || distinct.length < 2) continue;
      items.push({
        shown: distinct.map((slot) => [slot, shown.filter((other) => other === slot).length] as const),
        clicked,
      });
    }
    const curve = naturalCurve(items);
    for (const [at, knot] of knots.entries()) {
      // The last places are clicked so seldom that 20,000 clicks hold a few hundred of them.
      const tolerance = knot >= 20 ? 0.2 : 0.1;
      expect(Math.abs(examinationOf(curve!, knot) / truth.at[at]! - 1)).toBeLessThan(tolerance);
    }
  });

  it("is not guessed from little", () => {
    expect(
      naturalCurve([
        {
          shown: [
            [1, 1],
            [2, 1],
          ],
          clicked: 1,
        },
      ]),
    ).toBeUndefined();
    expect(randomisedCurve([{ slot: 1, shown: 100, clicks: 9 }])).toBeUndefined();
    expect(randomisedCurve([])).toBeUndefined();
  });
});
