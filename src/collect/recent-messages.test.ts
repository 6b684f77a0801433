import fc from "fast-check";
import { expect, it } from "vitest";
import { createRecentMessages, messageHash } from "./recent-messages.ts";

it("knows at least the last half of its capacity, never more than its capacity, and nothing it was not told", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 0, max: 200 }), (capacity, count) => {
      const recent = createRecentMessages(capacity);
      for (let id = 0; id < count; id += 1) recent.add(`m-${id}`);
      const known = Array.from({ length: count }, (_, id) => id).filter((id) => recent.has(`m-${id}`));
      expect(known.length).toBeLessThanOrEqual(capacity);
      for (let id = Math.max(0, count - Math.floor(capacity / 2)); id < count; id += 1) expect(known).toContain(id);
      expect(recent.has("m-never")).toBe(false);
    }),
  );
});

it("tells messages of different sources apart, and gives the same message the same hash", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (sourceA, idA, sourceB, idB) => {
      fc.pre(!sourceA.includes("\0") && !sourceB.includes("\0"));
      const [a, b] = [messageHash(sourceA, idA), messageHash(sourceB, idB)];
      expect(a).toMatch(/^[0-9a-f]{32}$/);
      expect(a === b).toBe(sourceA === sourceB && idA === idB);
    }),
  );
});
