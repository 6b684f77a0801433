import type { CatalogSnapshot } from "../catalog/index.ts";
import type { LocalText } from "./analysis/local-text.ts";
import type { ProductIndex } from "./indexing/product-index.ts";
import type { VectorRecall } from "./retrieval/extend-by-meaning.ts";
import type { Workspace } from "./retrieval/retrieve.ts";

/** What one request works on: an index, the products behind it, and working memory that no other request uses meanwhile. */
export type SearchContext = {
  readonly index: ProductIndex;
  readonly workspace: Workspace;
  readonly snapshot: CatalogSnapshot;
  /** Name and description in the language of the index. */
  readonly localText: LocalText;
  /** Minor units in one major unit of the shop's currency. */
  readonly priceScale: number;
  /** Learned from texts in the language of the index; absent = none. */
  readonly vectors?: VectorRecall;
};
