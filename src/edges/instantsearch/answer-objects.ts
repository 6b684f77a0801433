// Records by their ids, without a search.
import type { CatalogSnapshot } from "../../catalog/index.ts";
import { categoryNamesOf } from "./category-names.ts";
import { rawParams, readSearchParams } from "./search-params.ts";
import { type ProductRecord, pickFields, toRecord } from "./to-record.ts";
import { textOf } from "./values.ts";

/** The record of a product that a shopper may see; null for every other id. */
export function recordOf(snapshot: CatalogSnapshot, request: unknown): ProductRecord | null {
  const raw = rawParams(request);
  const product = snapshot.get(textOf(raw["objectID"], 200) ?? "");
  if (!product || product.visibility === "none" || product.type === "variant") return null;
  const record = toRecord(product, snapshot, categoryNamesOf(snapshot));
  return pickFields(record, readSearchParams(raw).attributesToRetrieve);
}
