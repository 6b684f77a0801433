/**
 * A sorted list of terms in two typed arrays: all terms as bytes behind each other, and where each begins.
 *
 * Costs the bytes of the terms plus 4 a term; a Map of strings costs about 90. Each UTF-16 unit is written as one to
 * three bytes (UTF-8 of the unit, surrogates apart), so that byte order is the order of JavaScript strings.
 */
export type TermDictionary = { readonly bytes: Uint8Array; readonly starts: Uint32Array; readonly size: number };

/** Bytes that `writeTerm` needs for a term, at most. */
export function maxTermBytes(term: string): number {
  return term.length * 3;
}

/** Writes a term at `at` and returns the place behind it. */
export function writeTerm(term: string, bytes: Uint8Array, at: number): number {
  let to = at;
  for (let from = 0; from < term.length; from += 1) {
    const unit = term.charCodeAt(from);
    if (unit < 0x80) {
      bytes[to++] = unit;
    } else if (unit < 0x800) {
      bytes[to++] = 0xc0 | (unit >> 6);
      bytes[to++] = 0x80 | (unit & 0x3f);
    } else {
      bytes[to++] = 0xe0 | (unit >> 12);
      bytes[to++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[to++] = 0x80 | (unit & 0x3f);
    }
  }
  return to;
}

/** @param terms ascending by UTF-16 units, without repeats */
export function createTermDictionary(terms: readonly string[]): TermDictionary {
  let room = 0;
  for (const term of terms) room += maxTermBytes(term);
  const scratch = new Uint8Array(room);
  const starts = new Uint32Array(terms.length + 1);
  let end = 0;
  for (const [at, term] of terms.entries()) {
    end = writeTerm(term, scratch, end);
    starts[at + 1] = end;
  }
  return { bytes: scratch.slice(0, end), starts, size: terms.length };
}

export function termAt({ bytes, starts }: TermDictionary, at: number): string {
  const end = starts[at + 1] ?? 0;
  let text = "";
  for (let from = starts[at] ?? 0; from < end; ) {
    const lead = bytes[from] ?? 0;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      from += 1;
    } else if (lead < 0xe0) {
      text += String.fromCharCode(((lead & 0x1f) << 6) | ((bytes[from + 1] ?? 0) & 0x3f));
      from += 2;
    } else {
      text += String.fromCharCode(
        ((lead & 0x0f) << 12) | (((bytes[from + 1] ?? 0) & 0x3f) << 6) | ((bytes[from + 2] ?? 0) & 0x3f),
      );
      from += 3;
    }
  }
  return text;
}

/** Order of two byte ranges: negative, 0 or positive. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let at = 0; at < length; at += 1) {
    const difference = (a[aStart + at] ?? 0) - (b[bStart + at] ?? 0);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** First place whose term is not below the key. */
function lowerBound({ bytes, starts, size }: TermDictionary, key: Uint8Array, keyEnd: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(bytes, starts[middle] ?? 0, starts[middle + 1] ?? 0, key, 0, keyEnd) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @returns the number of the term, or -1 */
export function findTerm(dictionary: TermDictionary, term: string): number {
  const key = new Uint8Array(maxTermBytes(term));
  const keyEnd = writeTerm(term, key, 0);
  const { bytes, starts } = dictionary;
  const at = lowerBound(dictionary, key, keyEnd);
  if (at === dictionary.size) return -1;
  return compareBytes(bytes, starts[at] ?? 0, starts[at + 1] ?? 0, key, 0, keyEnd) === 0 ? at : -1;
}

/** Numbers of the terms that begin with `prefix`: from inclusive, to exclusive. */
export function prefixRange(
  dictionary: TermDictionary,
  prefix: string,
): { readonly from: number; readonly to: number } {
  const key = new Uint8Array(maxTermBytes(prefix) + 1);
  const keyEnd = writeTerm(prefix, key, 0);
  const from = lowerBound(dictionary, key, keyEnd);
  // No byte of a term is 0xff, so this key lies behind everything that begins with the prefix.
  key[keyEnd] = 0xff;
  return { from, to: lowerBound(dictionary, key, keyEnd + 1) };
}

/** The bytes of a term as the dictionary keeps them. */
export function termBytes(term: string): Uint8Array {
  const bytes = new Uint8Array(maxTermBytes(term));
  return bytes.subarray(0, writeTerm(term, bytes, 0));
}

/** Number of the term that holds the byte at `offset`. */
export function termOfByte({ starts, size }: TermDictionary, offset: number): number {
  let low = 0;
  let high = size - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
