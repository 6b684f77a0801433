import { hasDigit } from "../analysis/analysis.ts";
import { skuField } from "../indexing/fields.ts";
import type { ProductIndex } from "../indexing/product-index.ts";
import type { Segment } from "../indexing/segment.ts";
import { type TermDictionary, termAt, termBytes, termOfByte } from "../indexing/term-dictionary.ts";
import type { Alternative } from "./query-plan.ts";

const minLength = 3;
const maxFragments = 50;
/** Places looked at in one dictionary: a fragment with more of them says nothing. */
const maxPlaces = 2_000;
const fragmentWeight = 0.4;

/**
 * Product codes that hold a piece of one somewhere: `ug06` and `4ug` of `24-UG06`.
 *
 * A search through the bytes of all terms, about a millisecond for a million of them; asked for words that nothing holds.
 */
export function fragmentTerms(index: ProductIndex, piece: string): readonly Alternative[] {
  if (piece.length < minLength || !hasDigit(piece)) return [];
  const terms = new Set<string>();
  for (const segment of index.segments()) {
    for (const at of termsWith(segment.terms, piece))
      if (isCode(index, segment, at)) terms.add(termAt(segment.terms, at));
  }
  return [...terms]
    .map((term) => ({ term, documents: index.documentCount(term) }))
    .filter(({ documents }) => documents > 0)
    .sort((a, b) => a.term.length - b.term.length || (a.term < b.term ? -1 : 1))
    .slice(0, maxFragments)
    .map(({ term, documents }) => ({ term, documents, weight: fragmentWeight, reason: "fragment" }));
}

/** Numbers of the terms that hold the piece, ascending. */
export function* termsWith(dictionary: TermDictionary, piece: string): Iterable<number> {
  const { bytes, starts } = dictionary;
  const needle = termBytes(piece);
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let from = 0;
  for (let places = 0; places < maxPlaces; places += 1) {
    const found = haystack.indexOf(needle, from);
    if (found < 0) return;
    const at = termOfByte(dictionary, found);
    const end = starts[at + 1] ?? 0;
    // A hit across the border of two terms is none.
    if (found + needle.length > end) {
      from = found + 1;
      continue;
    }
    yield at;
    from = end;
  }
}

function isCode(index: ProductIndex, segment: Segment, term: number): boolean {
  const first = segment.postingStarts[term] ?? 0;
  return index.profiles.count(segment.postingProfiles[first] ?? 0, skuField) > 0;
}
