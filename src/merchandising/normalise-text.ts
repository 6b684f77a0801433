import { foldText } from "../search/index.ts";

/** Words as they are compared: lower case, no accents, letters and digits only; `Men's Tee-Shirt` is `mens tee shirt`. */
export function normaliseText(text: string): string {
  return foldText(text.slice(0, 1_000))
    .replace(/'s(?![\p{L}\p{N}])/gu, "s")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** The words of `normaliseText`. */
export function wordsOf(text: string): readonly string[] {
  const normal = normaliseText(text);
  return normal === "" ? [] : normal.split(" ");
}
