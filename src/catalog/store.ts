import type { JsonObject } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import type { ProductDraft } from "./parse-product.ts";
import {
  type CatalogProduct,
  type Category,
  type ProductReview,
  type StoredProduct,
  shortestReturnMs,
} from "./product.ts";
import { attributeStore } from "./store-attributes.ts";

/** The database the catalog lives in. */
export type CatalogDatabase = Postgres;

type ProductRow = {
  readonly sku: string;
  readonly parent_sku: string | null;
  readonly data: Omit<CatalogProduct, "sku" | "parentSku" | "createdAt" | "updatedAt">;
  readonly created_ms: number;
  readonly updated_ms: number;
};
type ChangedRow = ProductRow & { readonly deleted: boolean; readonly change_seq: number };
type DetailRow = ProductRow & {
  readonly detail: { readonly reviews: readonly ProductReview[]; readonly extra: JsonObject };
};

export type ProductChanges = {
  readonly upserted: readonly CatalogProduct[];
  readonly deleted: readonly string[];
  /** Ask again from here; equal to the start when nothing changed. */
  readonly version: number;
};

export type ProductQuery = {
  readonly search?: string;
  readonly category?: string;
  readonly type?: string;
  readonly variants: boolean;
  readonly afterSku?: string;
  readonly limit: number;
};

export type ReviewSummary = {
  readonly sku: string;
  readonly average: number;
  readonly count: number;
  readonly reviews: readonly ProductReview[];
};

const pageSize = 5_000;
const productColumns = `p.sku, p.parent_sku, p.data,
  (extract(epoch from p.created_at) * 1000)::float8 as created_ms, (extract(epoch from p.updated_at) * 1000)::float8 as updated_ms`;
// Any fixed number: writers of the catalog take turns, so that change numbers appear in commit order.
const writeLock = "select pg_advisory_xact_lock(727001)";

/** What a write does not say by itself. */
const notCompared = "'{rating,outOfStockAt,backInStockAt}'::text[]";
/**
 * When a product went out of stock and came back, seen from what it was before the write; `$2` is now. Who met a product before a return
 * that was none still waits.
 */
const stockTimes = `jsonb_strip_nulls(case
  when (p.data ->> 'inStock')::boolean and not (excluded.data ->> 'inStock')::boolean then jsonb_build_object('outOfStockAt',
    case when (p.data ->> 'backInStockAt')::float8 > $2::float8 - ${shortestReturnMs} then p.data -> 'outOfStockAt' else to_jsonb($2::float8) end)
  when (excluded.data ->> 'inStock')::boolean and not (p.data ->> 'inStock')::boolean
    then jsonb_build_object('outOfStockAt', p.data -> 'outOfStockAt', 'backInStockAt', $2::float8)
  else jsonb_build_object('outOfStockAt', p.data -> 'outOfStockAt', 'backInStockAt', p.data -> 'backInStockAt') end)`;

/** Equal texts share one string: a catalog repeats categories, currencies and attribute values a million times. */
function createInterner(limit: number): <T>(value: T) => T {
  const known = new Map<unknown, unknown>();
  return <T>(value: T): T => {
    if (typeof value !== "string") return value;
    const found = known.get(value);
    // The map holds a text under itself, so what it gives back is of the type of the key.
    if (found !== undefined) return found as T;
    if (known.size < limit && value.length <= 64) known.set(value, value);
    return value;
  };
}

function toProduct(row: ProductRow, intern: <T>(value: T) => T): CatalogProduct {
  const { data } = row;
  return {
    sku: row.sku,
    parentSku: intern(row.parent_sku),
    type: intern(data.type),
    name: intern(data.name),
    description: data.description,
    brand: intern(data.brand),
    categories: data.categories.map(intern),
    price: data.price && { minor: data.price.minor, currency: intern(data.price.currency) },
    specialPrice: data.specialPrice && { minor: data.specialPrice.minor, currency: intern(data.specialPrice.currency) },
    ...(data.specialDays ? { specialDays: data.specialDays } : {}),
    ...(data.tierPrices ? { tierPrices: data.tierPrices } : {}),
    ...(data.customOptions ? { customOptions: data.customOptions } : {}),
    finalPrice: data.finalPrice && { minor: data.finalPrice.minor, currency: intern(data.finalPrice.currency) },
    inStock: data.inStock,
    ...(data.outOfStockAt === undefined ? {} : { outOfStockAt: data.outOfStockAt }),
    ...(data.backInStockAt === undefined ? {} : { backInStockAt: data.backInStockAt }),
    qty: data.qty,
    visibility: intern(data.visibility),
    attributes: Object.fromEntries(
      Object.entries(data.attributes).map(([code, value]) => [
        code,
        Array.isArray(value) ? value.map(intern) : intern(value),
      ]),
    ),
    options: data.options,
    variants: data.variants,
    ...(data.components ? { components: data.components } : {}),
    images: data.images,
    url: data.url,
    related: data.related,
    upsell: data.upsell,
    crosssell: data.crosssell,
    rating: data.rating,
    createdAt: Math.round(row.created_ms),
    updatedAt: Math.round(row.updated_ms),
  };
}

function toRecord({ product, detail, createdAt }: ProductDraft, nowMs: number): object {
  const { sku, parentSku, createdAt: _, updatedAt: __, ...rest } = product;
  const data = rest.inStock ? rest : { ...rest, outOfStockAt: nowMs };
  return { sku, parent_sku: parentSku, data, detail, created_ms: createdAt };
}

/** All PostgreSQL of the catalog. */
export function createCatalogStore(postgres: Postgres) {
  const intern = createInterner(200_000);

  const markList = (tx: Sql, name: string) =>
    tx.query(
      `insert into catalog_lists (name, change_seq) values ($1, nextval('catalog_changes'))
       on conflict (name) do update set change_seq = excluded.change_seq`,
      [name],
    );

  return {
    /** Writes drafts and deletes variants that `completeParents` no longer have; rows that stay the same keep their number. */
    async upsert(drafts: readonly ProductDraft[], completeParents: readonly string[], nowMs: number): Promise<void> {
      const records = JSON.stringify(drafts.map((draft) => toRecord(draft, nowMs)));
      await postgres.transaction(async (tx) => {
        await tx.query(writeLock);
        await tx.query(
          `insert into products as p (sku, parent_sku, data, detail, created_at, updated_at, change_seq)
           select r.sku, r.parent_sku, r.data, r.detail, to_timestamp(coalesce(r.created_ms, $2) / 1000.0), to_timestamp($2 / 1000.0), nextval('catalog_changes')
           from jsonb_to_recordset($1::jsonb) as r (sku text, parent_sku text, data jsonb, detail jsonb, created_ms float8)
           on conflict (sku) do update set
             parent_sku = excluded.parent_sku,
             data = (case when excluded.data -> 'rating' = 'null'::jsonb then excluded.data || jsonb_build_object('rating', p.data -> 'rating') else excluded.data end)
               || ${stockTimes},
             detail = case when excluded.detail -> 'reviews' = '[]'::jsonb then excluded.detail || jsonb_build_object('reviews', p.detail -> 'reviews') else excluded.detail end,
             created_at = case when excluded.created_at = excluded.updated_at then p.created_at else excluded.created_at end,
             updated_at = excluded.updated_at,
             change_seq = excluded.change_seq,
             deleted = false
           where p.deleted or p.parent_sku is distinct from excluded.parent_sku
             or (p.data - ${notCompared}) <> (excluded.data - ${notCompared}) or excluded.data -> 'rating' not in ('null'::jsonb, p.data -> 'rating')
             or p.detail -> 'extra' <> excluded.detail -> 'extra'`,
          [records, nowMs],
        );
        if (completeParents.length > 0) {
          await tx.query(
            `update products set deleted = true, updated_at = to_timestamp($3 / 1000.0), change_seq = nextval('catalog_changes')
             where parent_sku = any ($1::text[]) and sku <> all ($2::text[]) and not deleted`,
            [completeParents, drafts.map((draft) => draft.product.sku), nowMs],
          );
        }
      });
    },

    /** Deletes a product and its variants. @returns false when there was none */
    async delete(sku: string, nowMs: number): Promise<boolean> {
      return postgres.transaction(async (tx) => {
        await tx.query(writeLock);
        const { rowCount } = await tx.query(
          `update products set deleted = true, updated_at = to_timestamp($2 / 1000.0), change_seq = nextval('catalog_changes')
           where (sku = $1 or parent_sku = $1) and not deleted`,
          [sku, nowMs],
        );
        return rowCount > 0;
      });
    },

    /** Sets rating and reviews. @returns SKUs that have no product */
    async setReviews(summaries: readonly ReviewSummary[], nowMs: number): Promise<readonly string[]> {
      const records = JSON.stringify(
        summaries.map(({ sku, average, count, reviews }) => ({ sku, rating: { average, count }, reviews })),
      );
      return postgres.transaction(async (tx) => {
        await tx.query(writeLock);
        const { rows } = await tx.query<{ sku: string }>(
          `update products as p set data = p.data || jsonb_build_object('rating', r.rating), detail = p.detail || jsonb_build_object('reviews', r.reviews),
             updated_at = to_timestamp($2 / 1000.0), change_seq = nextval('catalog_changes')
           from jsonb_to_recordset($1::jsonb) as r (sku text, rating jsonb, reviews jsonb)
           where p.sku = r.sku and not p.deleted
           returning p.sku`,
          [records, nowMs],
        );
        const found = new Set(rows.map((row) => row.sku));
        return summaries.map((summary) => summary.sku).filter((sku) => !found.has(sku));
      });
    },

    async replaceCategories(categories: readonly Category[]): Promise<void> {
      await postgres.transaction(async (tx) => {
        await tx.query(writeLock);
        await tx.query("delete from categories");
        await tx.query(
          "insert into categories (path, data) select r.data ->> 'path', r.data from jsonb_array_elements($1::jsonb) as r (data) on conflict (path) do update set data = excluded.data",
          [JSON.stringify(categories)],
        );
        await markList(tx, "categories");
      });
    },

    /** Adds categories that products imply; known ones stay as they are. */
    async addCategories(categories: readonly Category[]): Promise<void> {
      await postgres.transaction(async (tx) => {
        await tx.query(writeLock);
        await tx.query(
          "insert into categories (path, data) select r.data ->> 'path', r.data from jsonb_array_elements($1::jsonb) as r (data) on conflict (path) do nothing",
          [JSON.stringify(categories)],
        );
        await markList(tx, "categories");
      });
    },

    ...attributeStore(postgres, writeLock, (tx) => markList(tx, "attributes")),

    /** The number of the last change. */
    async version(): Promise<number> {
      const { rows } = await postgres.query<{ version: number }>(
        `select greatest((select coalesce(max(p.change_seq), 0) from products p), (select coalesce(max(l.change_seq), 0) from catalog_lists l))::float8 as version`,
      );
      return rows[0]?.version ?? 0;
    },

    /** Pages of all products, by SKU. */
    async *all(): AsyncGenerator<readonly CatalogProduct[]> {
      let after = "";
      for (;;) {
        const { rows } = await postgres.query<ProductRow>(
          `select ${productColumns} from products p where p.sku > $1 and not p.deleted order by p.sku limit ${pageSize}`,
          [after],
        );
        if (rows.length > 0) yield rows.map((row) => toProduct(row, intern));
        const last = rows.at(-1);
        if (rows.length < pageSize || last === undefined) return;
        after = last.sku;
      }
    },

    /** What changed after `version`, at most one page. */
    async changesSince(version: number): Promise<ProductChanges> {
      const { rows } = await postgres.query<ChangedRow>(
        `select ${productColumns}, p.deleted, p.change_seq::float8 as change_seq from products p where p.change_seq > $1 order by p.change_seq limit ${pageSize}`,
        [version],
      );
      return {
        upserted: rows.filter((row) => !row.deleted).map((row) => toProduct(row, intern)),
        deleted: rows.filter((row) => row.deleted).map((row) => row.sku),
        version: rows.at(-1)?.change_seq ?? version,
      };
    },

    /** Last change of categories and attributes. */
    async listVersions(): Promise<{ categories: number; attributes: number }> {
      const { rows } = await postgres.query<{ name: string; change_seq: number }>(
        "select l.name, l.change_seq::float8 as change_seq from catalog_lists l",
      );
      const of = (name: string) => rows.find((row) => row.name === name)?.change_seq ?? 0;
      return { categories: of("categories"), attributes: of("attributes") };
    },

    async categories(): Promise<readonly Category[]> {
      const { rows } = await postgres.query<{ data: Category }>(
        "select c.data from categories c order by array_length(string_to_array(c.path, '/'), 1), (c.data ->> 'position')::float8, c.path",
      );
      return rows.map((row) => row.data);
    },

    async find(sku: string): Promise<StoredProduct | undefined> {
      const { rows } = await postgres.query<DetailRow>(
        `select ${productColumns}, p.detail from products p where p.sku = $1 and not p.deleted`,
        [sku],
      );
      const row = rows[0];
      return row && { ...toProduct(row, intern), reviews: row.detail.reviews, extra: row.detail.extra };
    },

    /** One product more than `limit`, so that the caller knows whether there is a next page. */
    async list(query: ProductQuery): Promise<readonly CatalogProduct[]> {
      const search = query.search ? `%${query.search.replace(/[\\%_]/g, "\\$&")}%` : null;
      const { rows } = await postgres.query<ProductRow>(
        `select ${productColumns} from products p
         where not p.deleted and p.sku > $1 and ($2::text is null or p.sku ilike $2 or p.data ->> 'name' ilike $2)
           and ($3::text is null or exists (select 1 from jsonb_array_elements_text(p.data -> 'categories') c (path) where c.path = $3 or starts_with(c.path, $3 || '/')))
           and ($4::text is null or p.data ->> 'type' = $4) and ($5::boolean or p.parent_sku is null)
         order by p.sku limit $6`,
        [query.afterSku ?? "", search, query.category ?? null, query.type ?? null, query.variants, query.limit + 1],
      );
      return rows.map((row) => toProduct(row, intern));
    },

    /** Forgets tombstones that every process has long read. */
    async purge(beforeMs: number): Promise<void> {
      await postgres.query("delete from products where deleted and updated_at < to_timestamp($1 / 1000.0)", [beforeMs]);
    },

    announce: (version: number) => postgres.notify("catalog", String(version)),
    onAnnounced: (handler: () => void) => postgres.listen("catalog", handler),
  };
}

export type CatalogStore = ReturnType<typeof createCatalogStore>;
