import type { CatalogSnapshot } from "../catalog/index.ts";
import type { ProductIndex } from "./product-index.ts";
import type { Workspace } from "./retrieve.ts";

/** What one request works on: an index, the products behind it, and working memory that no other request uses meanwhile. */
export type SearchContext = {
  readonly index: ProductIndex;
  readonly workspace: Workspace;
  readonly snapshot: CatalogSnapshot;
  /** Minor units in one major unit of the shop's currency. */
  readonly priceScale: number;
};
