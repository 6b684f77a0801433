// Products are rows of the catalog and no events: the catalog says what it takes of them.
import { ClienteleError, type JsonObject } from "../../kernel/index.ts";
import type { RecordFacts, SourceRecord } from "../records/record.ts";
import { recordToEvents } from "../records/record-to-events.ts";
import { faultText } from "./map-units.ts";

type Refusals = readonly { readonly index: number; readonly message: string }[];

/** What the catalog does with products. */
export type ProductSink = {
  readonly upsertProducts: (rows: readonly JsonObject[]) => Promise<{ readonly rejected: Refusals }>;
  /** What `upsertProducts` would refuse, without writing. */
  readonly checkProducts: (rows: readonly JsonObject[]) => Refusals;
  /** @returns false when there was none */
  readonly deleteProduct: (sku: string) => Promise<boolean>;
};

/** One product of a batch; `owner` is its record's place in the batch. */
export type ProductRow = { readonly row: JsonObject; readonly isDeleted: boolean; readonly owner: number };

/** The row of a product; undefined for everything else. */
export function productRow(record: SourceRecord, facts: RecordFacts, owner: number): ProductRow | undefined {
  if (record.kind !== "product") return undefined;
  const result = recordToEvents(record, facts);
  return result.ok && result.product ? { row: result.product, isDeleted: record.deleted === true, owner } : undefined;
}

/** Why a record cannot be taken; null when it can. */
export function faultOfRecord(
  record: SourceRecord,
  facts: RecordFacts,
  catalog: Pick<ProductSink, "checkProducts"> | undefined,
): string | null {
  const result = recordToEvents(record, facts, {});
  if (!result.ok) return faultText(result.faults);
  const [refusal] = result.product && !record.deleted ? (catalog?.checkProducts([result.product]) ?? []) : [];
  return refusal?.message ?? null;
}

/** Writes the products of a batch in its order, so that one that was deleted may come back. @returns the reasons of refusals by owner */
export async function takeProducts(
  products: readonly ProductRow[],
  catalog: ProductSink | undefined,
): Promise<ReadonlyMap<number, string>> {
  const refusals = new Map<number, string>();
  if (products.length === 0) return refusals;
  if (!catalog) throw new ClienteleError("imports.kind", "products are imported by clientele import catalog");
  let waiting: ProductRow[] = [];
  const write = async () => {
    const { rejected } = await catalog.upsertProducts(waiting.map(({ row }) => row));
    for (const { index, message } of rejected) refusals.set(waiting[index]?.owner ?? -1, message);
    waiting = [];
  };
  for (const product of products) {
    if (!product.isDeleted) {
      waiting.push(product);
      continue;
    }
    if (waiting.length > 0) await write();
    const { sku } = product.row;
    if (typeof sku === "string" || typeof sku === "number") await catalog.deleteProduct(String(sku));
    else refusals.set(product.owner, "sku is missing");
  }
  if (waiting.length > 0) await write();
  return refusals;
}
