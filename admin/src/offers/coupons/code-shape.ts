import type { CodeFormat, CodeSpec } from "./shapes.ts";

const alphabetSizes: Readonly<Record<CodeFormat, { readonly all: number; readonly clear: number }>> = {
  alphanumeric: { all: 36, clear: 32 },
  alphabetic: { all: 26, clear: 24 },
  // In a code of digits alone nothing can be taken for a letter.
  numeric: { all: 10, clear: 10 },
};

const letters = "KXWZTRPNMJHGFDCBAQSUVYLE";
const digits = "7349258637";

/** The same bounds as the server's: without a word of the caller one guess in 10,000 may hit, at most one in 100. */
export const usualGuessRatio = 1e-4;
export const largestGuessRatio = 1e-2;

/**
 * How likely one guess of a shape hits a code.
 *
 * @param codes that there are and will be
 * @returns 0 to 1; infinity when there are not so many different ones
 */
export function guessRatioOf({ format, length, avoidLookalikes }: CodeSpec, codes: number): number {
  const { all, clear } = alphabetSizes[format];
  const space = (avoidLookalikes ? clear : all) ** length;
  return codes > space ? Number.POSITIVE_INFINITY : codes / space;
}

/** A code of the shape, always the same one: for looking at. */
export function exampleOf({ format, length, prefix, suffix, dashEvery }: CodeSpec): string {
  const signs = { alphanumeric: letters + digits, alphabetic: letters, numeric: digits }[format];
  let code = "";
  for (let at = 0; at < Math.min(length, 64); at += 1) {
    if (dashEvery > 0 && at > 0 && at % dashEvery === 0) code += "-";
    // A stride without a common factor with either length walks through all signs.
    code += signs[(at * 7) % signs.length] ?? "";
  }
  return `${prefix.toUpperCase()}${code}${suffix.toUpperCase()}`;
}
