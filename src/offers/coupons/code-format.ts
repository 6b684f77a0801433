// Codes that nobody guesses: every character comes from the system's random source, each as likely as the others.
import { randomBytes } from "node:crypto";
import { ClienteleError } from "../../kernel/index.ts";
import { maxCodeLength } from "./coupon-rule.ts";

export const codeFormats = ["alphanumeric", "alphabetic", "numeric"] as const;
export type CodeFormat = (typeof codeFormats)[number];

export type CodeSpec = {
  readonly format: CodeFormat;
  /** Random characters, without prefix, suffix and dashes. */
  readonly length: number;
  readonly prefix: string;
  readonly suffix: string;
  /** A dash after every so many random characters; 0 = none. */
  readonly dashEvery: number;
  /** Leaves out 0, O, 1 and I, which are easily taken for each other. */
  readonly avoidLookalikes: boolean;
};

export const defaultSpec: CodeSpec = {
  format: "alphanumeric",
  length: 12,
  prefix: "",
  suffix: "",
  dashEvery: 0,
  avoidLookalikes: true,
};

/** One guess in so many may hit a code, unless the caller allows more. */
export const defaultMaxGuessRatio = 1e-4;
/** The most that a caller may allow. */
export const largestMaxGuessRatio = 1e-2;

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const digits = "0123456789";
const alphabets: Readonly<Record<CodeFormat, string>> = {
  alphanumeric: letters + digits,
  alphabetic: letters,
  numeric: digits,
};
const lookalikes = /[0O1I]/g;

/** In a code of digits alone nothing can be taken for a letter. */
export function alphabetOf({ format, avoidLookalikes }: Pick<CodeSpec, "format" | "avoidLookalikes">): string {
  return avoidLookalikes && format !== "numeric" ? alphabets[format].replace(lookalikes, "") : alphabets[format];
}

export type Guess = {
  /** Different codes of this shape. */
  readonly space: bigint;
  /** Upper bound that one guess of this shape hits a code; 0 to 1. */
  readonly ratio: number;
};

/** @param quantity codes of this shape that there will be */
export function guessOf(spec: CodeSpec, quantity: number): Guess {
  const space = BigInt(alphabetOf(spec).length) ** BigInt(spec.length);
  return { space, ratio: Math.min(1, quantity / Number(space)) };
}

/**
 * Refuses a shape that could be guessed.
 *
 * @throws {ClienteleError} `coupons.spaceTooSmall` with the bound, `coupons.invalid` for a code that would be too long
 */
export function checkSpec(spec: CodeSpec, quantity: number, maxGuessRatio: number = defaultMaxGuessRatio): Guess {
  const dashes = spec.dashEvery > 0 ? Math.ceil(spec.length / spec.dashEvery) - 1 : 0;
  const length = spec.prefix.length + spec.length + dashes + spec.suffix.length;
  if (length > maxCodeLength)
    throw new ClienteleError("coupons.invalid", `the codes would have ${length} characters; at most ${maxCodeLength}`);
  const guess = guessOf(spec, quantity);
  if (BigInt(quantity) > guess.space || guess.ratio > maxGuessRatio) {
    const bound = `${guess.space} different codes for ${quantity}: one guess in ${Math.max(1, Math.floor(1 / guess.ratio))} would hit one`;
    throw new ClienteleError("coupons.spaceTooSmall", `${bound}; allowed is one in ${Math.ceil(1 / maxGuessRatio)}`);
  }
  return guess;
}

/** A function that makes codes of a shape; they may repeat, as rarely as chance has it. */
export function createCodeMaker(spec: CodeSpec, random: (bytes: number) => Uint8Array = randomBytes): () => string {
  const alphabet = alphabetOf(spec);
  const { length, dashEvery, prefix, suffix } = spec;
  // Bytes from here on would favour the first letters of the alphabet: they are thrown away.
  const fairBelow = 256 - (256 % alphabet.length);
  const poolBytes = 16_384;
  let pool: Uint8Array = new Uint8Array(0);
  let at = 0;
  const nextByte = (): number => {
    if (at >= pool.length) {
      pool = random(poolBytes);
      at = 0;
    }
    const byte = pool[at] ?? 0;
    at += 1;
    return byte;
  };
  return () => {
    let code = prefix;
    for (let made = 0; made < length; ) {
      const byte = nextByte();
      if (byte >= fairBelow) continue;
      if (dashEvery > 0 && made > 0 && made % dashEvery === 0) code += "-";
      code += alphabet[byte % alphabet.length];
      made += 1;
    }
    return code + suffix;
  };
}
