// Reading what a visitor saw of a rotation, from a token or a row.
import { isObject } from "../../kernel/index.ts";
import type { RotationState } from "./rotate.ts";
import { maxRotating } from "./rotation-kind.ts";

function isMark(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= 0xffffffff;
}

/** @returns undefined for what is no state */
export function toState(value: unknown): RotationState | undefined {
  if (!isObject(value)) return undefined;
  const { count, last, place, shown } = value;
  if (!isMark(count) || !isMark(last) || !isMark(place) || !Array.isArray(shown)) return undefined;
  if (shown.length > maxRotating || !shown.every(isMark)) return undefined;
  return { count, last, place, shown };
}

export function readState(text: string): RotationState | undefined {
  try {
    return toState(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Of two states of one visitor the later one. */
export const later = (a: RotationState | undefined, b: RotationState | undefined): RotationState | undefined =>
  a && b ? (a.count >= b.count ? a : b) : (a ?? b);
