import fc from "fast-check";
import { expect, it } from "vitest";
import { decimalOf, scale, scaledText, wholeOf } from "./exact.ts";

/** Whole numbers, others, and those on both sides of what is exact. */
const millionths = fc.oneof(
  fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
  fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }).map((whole) => whole * scale),
  fc.bigInt({ min: -40n, max: 40n }).map((near) => 2n ** 53n + near),
  fc.bigInt({ min: -40n, max: 40n }).map((near) => 10n ** 15n * scale + near * scale),
  fc.bigInt({ min: -3_000_000n, max: 3_000_000n }),
);

it("knows whole numbers of fifteen digits, and only those", () => {
  fc.assert(
    fc.property(millionths, (value) => {
      const isWhole = value % scale === 0n && (value < 0n ? -value : value) / scale < 10n ** 15n;
      const whole = wholeOf(value);
      if (isWhole) expect(BigInt(whole) * scale).toBe(value);
      else expect(whole).toBeNaN();
      expect(Object.is(whole, -0)).toBe(false);
    }),
    { numRuns: 5_000 },
  );
});

it("tells rules the exact value, as a number where fifteen characters say it", () => {
  fc.assert(
    fc.property(millionths, (value) => {
      const told = decimalOf(value);
      const text = scaledText(value);
      expect(typeof told === "string" ? told : scaledText(readBack(told))).toBe(text);
      if (text.length <= 15) expect(told).toBe(Number(text));
    }),
    { numRuns: 5_000 },
  );
});

/** Six places and at most fifteen digits are in the decimal text of the number. */
function readBack(value: number): bigint {
  const [, sign = "", whole = "0", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(plainText(value)) ?? [];
  const read = BigInt(whole) * scale + BigInt(fraction.padEnd(6, "0"));
  return sign === "-" ? -read : read;
}

function plainText(value: number): string {
  return String(value).includes("e") ? value.toFixed(6) : String(value);
}
