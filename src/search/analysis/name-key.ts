import { foldText } from "./analysis.ts";

const keyLetters = 8;

// Six bits a character, in the order of UTF-16 units.
function rank(code: number): number {
  if (code < 48) return 1;
  if (code < 58) return code - 46; // 0..9
  if (code < 97) return 12;
  if (code < 123) return code - 84; // a..z
  return 39;
}

/** The first eight characters of a folded name as a number whose order never contradicts the order of the names. */
export function packName(name: string): number {
  const folded = foldText(name);
  let key = 0;
  for (let at = 0; at < keyLetters; at += 1) key = key * 64 + (at < folded.length ? rank(folded.charCodeAt(at)) : 0);
  return key;
}

/** Full order of names, for those whose packed keys are equal. */
export function compareNames(a: string, b: string): number {
  const foldedA = foldText(a);
  const foldedB = foldText(b);
  return foldedA < foldedB ? -1 : foldedA > foldedB ? 1 : 0;
}
