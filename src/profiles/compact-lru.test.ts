import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCompactLru } from "./compact-lru.ts";

type Value = { readonly version: number; readonly text: string };

const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), key: fc.integer({ min: 0, max: 20 }), size: fc.nat(400) }),
  fc.record({ kind: fc.constant("get" as const), key: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ kind: fc.constant("delete" as const), key: fc.integer({ min: 0, max: 20 }) }),
);

describe("compact LRU", () => {
  it("answers what was set last or nothing, whatever comes in whatever order", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(3_000),
        (steps, hot, textBytes) => {
          const lru = createCompactLru<Value>(hot, textBytes);
          const truth = new Map<string, Value>();
          for (const [version, { kind, key, ...rest }] of steps.entries()) {
            const name = String(key);
            if (kind === "set") {
              const value = { version, text: "x".repeat("size" in rest ? rest.size : 0) };
              lru.set(name, value);
              truth.set(name, value);
              expect(lru.get(name)).toEqual(value);
            } else if (kind === "delete") {
              lru.delete(name);
              truth.delete(name);
              expect(lru.get(name)).toBeUndefined();
            } else {
              const found = lru.get(name);
              if (found !== undefined) expect(found).toEqual(truth.get(name));
            }
          }
        },
      ),
    );
  });

  it("remembers as many as the two tiers hold, the least recently used leave first", () => {
    const lru = createCompactLru<Value>(2, 3 * (150 + JSON.stringify({ version: 0, text: "" }).length));
    for (let version = 0; version < 6; version += 1) lru.set(String(version), { version, text: "" });
    expect(lru.get("0")).toBeUndefined();
    for (const kept of [5, 4, 1]) expect(lru.get(String(kept))).toEqual({ version: kept, text: "" });
  });

  it("gives the same object while a value is hot, and keeps nothing behind it without room for texts", () => {
    const lru = createCompactLru<Value>(1, 0);
    const value = { version: 1, text: "" };
    lru.set("a", value);
    expect(lru.get("a")).toBe(value);
    lru.set("b", { version: 2, text: "" });
    expect(lru.get("a")).toBeUndefined();
  });
});
