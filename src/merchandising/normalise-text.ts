import { normaliseWords } from "../search/index.ts";

/** A text as it is compared: its words with single spaces; `Men's Tee-Shirt` is `mens tee shirt`. */
export function normaliseText(text: string): string {
  return normaliseWords(text).join(" ");
}
