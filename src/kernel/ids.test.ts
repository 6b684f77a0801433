import fc from "fast-check";
import { expect, it } from "vitest";
import { isUuid, newId } from "./index.ts";

const timeOf = (id: string) => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);

it("makes version 7 UUIDs that carry their time and sort by it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.integer({ min: 0, max: 2 ** 48 - 1 }), (a, b) => {
      const [first, second] = [newId(a), newId(b)];
      expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(isUuid(first)).toBe(true);
      expect(timeOf(first)).toBe(a);
      if (a !== b) expect(first < second).toBe(a < b);
    }),
  );
});

it("never makes the same id twice, also across the refills of its random bytes", () => {
  const ids = Array.from({ length: 5_000 }, () => newId(1_000));
  expect(new Set(ids).size).toBe(ids.length);
});

it("takes now when no time is given", () => {
  const before = Date.now();
  const at = timeOf(newId());
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
});

it.each([
  "",
  "01900000-0000-7000-8000-00000000000",
  "01900000-0000-7000-8000-0000000000000",
  " 01900000-0000-7000-8000-000000000000",
  "01900000000070008000000000000000",
  "../../etc",
])("does not take %j for a UUID", (text) => {
  expect(isUuid(text)).toBe(false);
});
