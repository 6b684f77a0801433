import { skuField } from "../indexing/fields.ts";
import type { ProductIndex } from "../indexing/product-index.ts";
import { isDeleted } from "../indexing/segment.ts";
import { findTerm } from "../indexing/term-dictionary.ts";

/** More products than this do not share a code: what looks like one is a word. */
const maxHolders = 20;

/** True when live products hold the term, few, and each of them in its SKU or that of a variant. */
export function isSkuTerm(index: ProductIndex, term: string): boolean {
  let holders = 0;
  for (const segment of index.segments()) {
    const at = findTerm(segment.terms, term);
    if (at < 0) continue;
    const end = segment.postingStarts[at + 1] ?? 0;
    const start = segment.postingStarts[at] ?? 0;
    if (end - start > maxHolders) return false;
    for (let posting = start; posting < end; posting += 1) {
      if (isDeleted(segment, segment.postingDocs[posting] ?? 0)) continue;
      if (index.profiles.count(segment.postingProfiles[posting] ?? 0, skuField) === 0) return false;
      holders += 1;
    }
  }
  return holders > 0;
}
