import type { CatalogSnapshot } from "../../catalog/index.ts";
import { foldText, joinLettersAndDigits } from "../analysis/analysis.ts";
import { packName } from "../analysis/name-key.ts";
import { skuField } from "../indexing/fields.ts";
import type { ProductIndex } from "../indexing/product-index.ts";
import { isDeleted } from "../indexing/segment.ts";
import { findTerm } from "../indexing/term-dictionary.ts";
import type { SearchContext } from "../search-context.ts";

/** Products that share one code at most: what more products hold is no code. */
const maxHolders = 100;

/** Products that are named or numbered exactly as typed: they stand first whatever the words weigh. */
export type ExactMatch = {
  /** Packed beginning of the name: a cheap first look. */
  readonly nameKey: number;
  readonly isName: (sku: string) => boolean;
  /** Products whose SKU, or that of a variant, was typed. */
  readonly skus: readonly string[];
};

/** Letters, digits and single spaces: how names are compared. */
export function plainName(text: string): string {
  return foldText(text)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** @param context names and variants of the products found */
export function findExact(context: Pick<SearchContext, "index" | "snapshot" | "localText">, typed: string): ExactMatch {
  const { index, snapshot } = context;
  const name = plainName(typed);
  return {
    nameKey: name === "" ? Number.NaN : packName(typed),
    isName: (sku) => hasName(context, sku, name),
    skus: skusOf(index, snapshot, joinLettersAndDigits(typed)),
  };
}

/** True when the product has the plain name. */
export function hasName(
  { snapshot, localText }: Pick<SearchContext, "snapshot" | "localText">,
  sku: string,
  name: string,
): boolean {
  const product = snapshot.get(sku);
  return product !== undefined && plainName(localText(product).name) === name;
}

/** True when the code is the SKU of the product or of one of its variants; separators do not count. */
export function hasCode(snapshot: CatalogSnapshot, sku: string, code: string): boolean {
  if (joinLettersAndDigits(sku) === code) return true;
  return (snapshot.get(sku)?.variants ?? []).some((variant) => joinLettersAndDigits(variant) === code);
}

function skusOf(index: ProductIndex, snapshot: CatalogSnapshot, code: string): readonly string[] {
  const found: string[] = [];
  if (code === "") return found;
  for (const segment of index.segments()) {
    const term = findTerm(segment.terms, code);
    if (term < 0) continue;
    const end = segment.postingStarts[term + 1] ?? 0;
    let holders = 0;
    for (let at = segment.postingStarts[term] ?? 0; at < end && holders < maxHolders; at += 1) {
      if (index.profiles.count(segment.postingProfiles[at] ?? 0, skuField) === 0) continue;
      holders += 1;
      const doc = segment.postingDocs[at] ?? 0;
      const sku = segment.skus[doc] ?? "";
      if (!isDeleted(segment, doc) && hasCode(snapshot, sku, code)) found.push(sku);
    }
  }
  return found;
}
