import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alphabetOf,
  type CodeSpec,
  checkSpec,
  codeFormats,
  createCodeMaker,
  defaultSpec,
  guessOf,
} from "./code-format.ts";

const spec = (change: Partial<CodeSpec> = {}): CodeSpec => ({ ...defaultSpec, ...change });
const anySpec = fc.record({
  format: fc.constantFrom(...codeFormats),
  length: fc.integer({ min: 1, max: 20 }),
  prefix: fc.constantFrom("", "VIP-", "A"),
  suffix: fc.constantFrom("", "-26", "Z"),
  dashEvery: fc.integer({ min: 0, max: 6 }),
  avoidLookalikes: fc.boolean(),
});

describe("the shape of codes", () => {
  it("has the random characters asked for, between prefix and suffix, with a dash after every few", () => {
    expect(createCodeMaker(spec({ length: 9, dashEvery: 4, prefix: "VIP-", suffix: "-X" }))()).toMatch(
      /^VIP-[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]-X$/,
    );
    fc.assert(
      fc.property(anySpec, (given) => {
        const { prefix, suffix, length, dashEvery } = given;
        const code = createCodeMaker(given)();
        const middle = code.slice(prefix.length, code.length - suffix.length);
        const characters = middle.replaceAll("-", "");
        const groups: string[] = [];
        for (let at = 0; at < length; at += dashEvery || length)
          groups.push(characters.slice(at, at + (dashEvery || length)));
        expect(code).toBe(prefix + groups.join("-") + suffix);
        expect(characters).toHaveLength(length);
        for (const character of characters) expect(alphabetOf(given)).toContain(character);
      }),
    );
  });

  it("uses every character equally often", () => {
    const make = createCodeMaker(spec({ format: "numeric", length: 20 }));
    const counts = new Map<string, number>();
    for (let n = 0; n < 10_000; n += 1) for (const digit of make()) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    expect(counts.size).toBe(10);
    // Six standard deviations of 200,000 draws: one false alarm in 50 million runs.
    for (const count of counts.values()) expect(Math.abs(count - 20_000)).toBeLessThan(6 * Math.sqrt(18_000));
  });

  it("throws away bytes that would favour some characters", () => {
    const bytes = Uint8Array.from({ length: 16_384 }, (_, index) => (index === 0 ? 250 : 7));
    expect(createCodeMaker(spec({ format: "numeric", length: 3 }), () => bytes)()).toBe("777");
  });
});

describe("how easily codes are guessed", () => {
  it("is told as the share of codes among all of their shape", () => {
    expect(guessOf(spec({ format: "numeric", length: 8 }), 1_000)).toEqual({ space: 100_000_000n, ratio: 1e-5 });
    expect(guessOf(spec(), 1_000_000).ratio).toBeLessThan(1e-12);
  });

  it("is a reason to refuse, with the figure", () => {
    expect(() => checkSpec(spec({ format: "numeric", length: 2 }), 101, 0.01)).toThrow(/^100 different codes for 101/);
    expect(() => checkSpec(spec({ format: "numeric", length: 4 }), 10)).toThrow(/one guess in 1000 .* one in 10000/);
    expect(checkSpec(spec({ format: "numeric", length: 4 }), 10, 0.01).ratio).toBe(0.001);
    expect(() => checkSpec(spec({ length: 60, dashEvery: 1 }), 1)).toThrow(/119 characters/);
  });
});
