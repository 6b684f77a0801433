/**
 * Text as rules compare it: NFC, then Unicode lower case without a locale. Text that is ASCII already needs no
 * normalisation, and V8 returns lower-case ASCII as it is, so the usual attribute value costs one scan.
 */
export function foldText(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 127) return foldUnicode(text);
  }
  return text.toLowerCase();
}

/**
 * Whether text is `folded` when it is folded itself. Makes no text where both are ASCII, and stops at the first letter that differs:
 * no mark that follows turns an ASCII letter into another one.
 */
export function foldsTo(text: string, folded: string): boolean {
  if (text === folded) return true;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const wanted = folded.charCodeAt(at);
    if (code > 127 || wanted > 127) return foldText(text) === folded;
    if ((code >= 65 && code <= 90 ? code + 32 : code) !== wanted) return false;
  }
  return text.length === folded.length;
}

/**
 * The end of a Greek word is written with a sigma of its own, which the engine chooses by what stands around it. One sigma
 * for all, so that a part of a word compares as the word does, here and in SQL.
 */
function foldUnicode(text: string): string {
  return text.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
}

/** The text of a scalar as `text` and `key` attributes read it; undefined for objects, lists and nothing. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}

/** Code-unit order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
