import fc from "fast-check";
import { expect, it } from "vitest";
import { fnv1a, hashToUnit, sha256Hex } from "./hashing.ts";

// Vectors of the reference implementation by Noll, 32 bit.
it.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("hashes %j by FNV-1a", (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});

it("hashes bytes and texts by SHA-256", () => {
  expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256Hex(new TextEncoder().encode("abc"))).toBe(sha256Hex("abc"));
});

it("gives the same visitor the same point, a ten-thousandth between 0 and 1", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (seed, visitor) => {
      const point = hashToUnit(seed, visitor);
      expect(hashToUnit(seed, visitor)).toBe(point);
      expect(point).toBeGreaterThanOrEqual(0);
      expect(point).toBeLessThan(1);
      expect(Math.round(point * 10_000) / 10_000).toBe(point);
    }),
  );
});

it("spreads visitors evenly, and independently from seed to seed", () => {
  const visitors = Array.from({ length: 20_000 }, (_, index) => `visitor-${index}`);
  const buckets = new Array<number>(10).fill(0);
  let both = 0;
  for (const visitor of visitors) {
    const bucket = Math.floor(hashToUnit("first", visitor) * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    if (bucket === 0 && hashToUnit("second", visitor) < 0.1) both += 1;
  }
  // Standard deviations of 42 and 14: five of them.
  for (const size of buckets) expect(Math.abs(size - 2_000)).toBeLessThan(212);
  expect(Math.abs(both - 200)).toBeLessThan(70);
});
