import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWithinOneEdit, jaroWinkler, soundOf } from "./compare-text.ts";

/** Straight from the definition: matches within the reach, then half of those out of order. */
function naiveJaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const free = [...b].map(() => true);
  const fromA: string[] = [];
  const partners: number[] = [];
  [...a].forEach((letter, i) => {
    const j = [...b].findIndex((other, at) => free[at] && other === letter && Math.abs(at - i) <= reach);
    if (j < 0) return;
    free[j] = false;
    fromA.push(letter);
    partners.push(j);
  });
  if (fromA.length === 0) return 0;
  const fromB = [...partners].sort((x, y) => x - y).map((at) => b[at]);
  const transpositions = fromA.filter((letter, at) => letter !== fromB[at]).length / 2;
  const m = fromA.length;
  const jaro = (m / a.length + m / b.length + (m - transpositions) / m) / 3;
  if (jaro < 0.7) return jaro;
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix += 1;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** Damerau-Levenshtein by its recursion, optimal string alignment. */
function naiveEdits(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i += 1)
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      d[i]![j] = Math.min(d[i - 1]![j]! + 1, d[i]![j - 1]! + 1, d[i - 1]![j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        d[i]![j] = Math.min(d[i]![j]!, d[i - 2]![j - 2]! + 1);
    }
  return d[a.length]![b.length]!;
}

const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 9 });

describe("similarity of texts", () => {
  it.each([
    ["martha", "marhta", 0.961],
    ["dixon", "dicksonx", 0.813],
    ["dwayne", "duane", 0.84],
    ["abc", "xyz", 0],
  ])("gives the published Jaro-Winkler value of %s and %s", (a, b, value) => {
    expect(jaroWinkler(a, b)).toBeCloseTo(value, 3);
  });

  it("agrees with the definition of Jaro-Winkler", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(jaroWinkler(a, b)).toBeCloseTo(naiveJaroWinkler(a, b), 12);
      }),
      { numRuns: 2_000 },
    );
  });

  it("stays between 0 and 1 for texts of any length and script", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.string({ unit: "binary", maxLength: 300 }),
        (a, b) => {
          const similarity = jaroWinkler(a, b);
          expect(similarity).toBeGreaterThanOrEqual(0);
          expect(similarity).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("finds one edit exactly where the full table does", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(isWithinOneEdit(a, b)).toBe(naiveEdits(a, b) <= 1);
      }),
      { numRuns: 3_000 },
    );
  });

  it("finds one edit in neighbours of a word", () => {
    fc.assert(
      fc.property(word, fc.nat(9), fc.constantFrom("a", "b", "z"), fc.nat(3), (text, at, letter, kind) => {
        const place = Math.min(at, text.length);
        const changed = [
          text.slice(0, place) + letter + text.slice(place),
          text.slice(0, place) + text.slice(place + 1),
          text.slice(0, place) + letter + text.slice(place + 1),
          text.slice(0, place) + (text[place + 1] ?? "") + (text[place] ?? "") + text.slice(place + 2),
        ][kind]!;
        expect(isWithinOneEdit(text, changed)).toBe(true);
        expect(isWithinOneEdit(changed, text)).toBe(true);
      }),
    );
  });

  it.each([
    ["catherine", "katherin"],
    ["schmidt", "schmitt"],
    ["meyer", "meier"],
  ])("hears %s as %s", (a, b) => {
    expect(soundOf(a)).toBe(soundOf(b));
  });
});
