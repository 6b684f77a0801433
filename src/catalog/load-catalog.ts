import type { AuditTrail } from "../access/index.ts";
import { ClienteleError, type Clock, type ErrorDetail, type Logger, type Page, toPage } from "../kernel/index.ts";
import type { CatalogChange } from "./catalog-memory.ts";
import { createCategoryPaths } from "./category-paths.ts";
import { keepCurrent } from "./keep-current.ts";
import { type ParseContext, type ParsedRow, type ProductDraft, parseProduct } from "./parse-product.ts";
import type { AttributeMeta, CatalogProduct, Category, StoredProduct } from "./product.ts";
import type { CatalogSnapshot } from "./snapshot.ts";
import { type CatalogDatabase, createCatalogStore, type ProductQuery, type ReviewSummary } from "./store.ts";
import type { FlagChanges } from "./store-attributes.ts";

type CatalogDeps = {
  readonly postgres: CatalogDatabase;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Currency of prices that name none, ISO 4217. */
  readonly currency: string;
  /** Zone of the days of special prices, IANA; default UTC. */
  readonly timezone?: string;
  /** How often to look for changes that no announcement told of; default 5 s, 0 = never. */
  readonly pollMs?: number;
  /** Notes who set which flag. */
  readonly audit?: Pick<AuditTrail, "record">;
};

/** Who changes something by hand. */
export type CatalogEditor = { readonly actor: string; readonly via: "ui" | "api"; readonly requestId: string };

/** One refused row of a write. `index` is its place in the call, from 0. */
type RejectedRow = {
  readonly index: number;
  readonly sku: string | null;
  readonly code: string;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
};
type UpsertReport = { readonly accepted: number; readonly rejected: readonly RejectedRow[] };

/** How rows of a write are read, where it differs from the catalog's own settings. */
export type UpsertOptions = Partial<
  Pick<ParseContext, "currency" | "toImageUrl" | "toProductUrl" | "categoriesByFlag">
>;

export type Catalog = {
  /** The catalog now. Costs nothing; hold it for one request, not longer. */
  current(): CatalogSnapshot;
  /** Calls the handler after each change, with the SKUs it touched; both lists are empty when only categories or attributes changed. @returns a function that ends it */
  onChange(handler: (change: CatalogChange) => void): () => void;
  /** Writes rows as shops write them (see `parseProduct`); faulty ones are reported and the others stored. In the snapshot when it returns. May be repeated. */
  upsertProducts(rows: readonly unknown[], options?: UpsertOptions): Promise<UpsertReport>;
  /** What `upsertProducts` would refuse of rows, without writing. */
  checkProducts(rows: readonly unknown[], options?: UpsertOptions): readonly RejectedRow[];
  /** Deletes a product with its variants. @returns false when there was none */
  deleteProduct(sku: string): Promise<boolean>;
  /** Sets rating and reviews of products. @returns SKUs that have no product */
  setReviews(summaries: readonly ReviewSummary[]): Promise<readonly string[]>;
  /** Replaces all categories. */
  replaceCategories(categories: readonly Category[]): Promise<void>;
  /** Replaces what the shop says of the attributes; what people set stays above it. */
  replaceAttributes(attributes: readonly AttributeMeta[]): Promise<void>;
  /** Sets flags of one attribute against the shop; null = as the shop says again. May be repeated. @returns undefined when the shop has no such attribute */
  setAttributeFlags(code: string, changes: FlagChanges, editor: CatalogEditor): Promise<AttributeMeta | undefined>;
  /** One product with reviews. */
  find(sku: string): Promise<StoredProduct | undefined>;
  /** Products by SKU, a page at a time. */
  list(query: ProductQuery): Promise<Page<CatalogProduct>>;
  /** Takes in what other processes wrote. Announcements do this by themselves. */
  refresh(): Promise<void>;
  /** Stops listening. The database stays open. */
  close(): Promise<void>;
};

const tombstoneAgeMs = 30 * 86_400_000;
const maxRows = 1_000;

function toRejected(index: number, row: ParsedRow & { ok: false }): RejectedRow {
  const message = row.faults
    .slice(0, 5)
    .map((fault) => fault.message)
    .join("; ");
  return { index, sku: row.sku, code: row.faults[0]?.code ?? "invalid", message, details: row.faults.slice(0, 50) };
}

type ReadRows = {
  readonly drafts: readonly ProductDraft[];
  readonly completeParents: readonly string[];
  readonly rejected: readonly RejectedRow[];
};

/** Reads rows one by one; of a SKU that occurs twice the later row counts, as in two calls. */
function readRows(rows: readonly unknown[], context: ParseContext): ReadRows {
  const rejected: RejectedRow[] = [];
  const drafts = new Map<string, ProductDraft>();
  const completeParents = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const parsed = parseProduct(row, context);
    if (!parsed.ok) {
      rejected.push(toRejected(index, parsed));
      continue;
    }
    for (const draft of parsed.drafts) drafts.set(draft.product.sku, draft);
    const [main] = parsed.drafts;
    if (parsed.ownsVariants && main) completeParents.add(main.product.sku);
  }
  return { drafts: [...drafts.values()], completeParents: [...completeParents], rejected };
}

/**
 * Reads the whole catalog into memory and keeps it current: own writes at once, those of other processes when they are
 * announced (≤ 1 s).
 */
export async function loadCatalog(deps: CatalogDeps): Promise<Catalog> {
  const { clock, logger, timezone = "UTC", pollMs = 5_000 } = deps;
  const store = createCatalogStore(deps.postgres);
  await store.purge(clock.now() - tombstoneAgeMs);
  const keeper = await keepCurrent({ store, clock, logger, timezone, pollMs });

  const published = async () => {
    await keeper.refresh();
    await store.announce(keeper.version());
  };

  const read = (rows: readonly unknown[], options: UpsertOptions) => {
    const { categories: known, attributes } = keeper.current();
    const categories = createCategoryPaths(known.values());
    const nowMs = clock.now();
    return {
      nowMs,
      categories,
      ...readRows(rows, { currency: deps.currency, categories, attributes, nowMs, timezone, ...options }),
    };
  };

  return {
    current: keeper.current,
    onChange: keeper.onChange,
    refresh: keeper.refresh,
    close: keeper.close,
    find: store.find,
    list: async (query) => toPage(await store.list(query), query.limit, (product) => [product.sku]),
    checkProducts: (rows, options = {}) => read(rows, options).rejected,
    upsertProducts: async (rows, options = {}) => {
      if (rows.length > maxRows) {
        throw new ClienteleError(
          "catalog.tooManyProducts",
          `${rows.length} products in one call, at most ${maxRows} are taken`,
        );
      }
      const { drafts, completeParents, rejected, categories, nowMs } = read(rows, options);
      if (drafts.length > 0) {
        const implied = categories.implied();
        if (implied.length > 0) await store.addCategories(implied);
        await store.upsert(drafts, completeParents, nowMs);
        await published();
      }
      return { accepted: rows.length - rejected.length, rejected };
    },
    deleteProduct: async (sku) => {
      const isDeleted = await store.delete(sku, clock.now());
      if (isDeleted) await published();
      return isDeleted;
    },
    setReviews: async (summaries) => {
      const unknown = await store.setReviews(summaries, clock.now());
      await published();
      return unknown;
    },
    replaceCategories: async (categories) => {
      await store.replaceCategories(categories);
      await published();
    },
    replaceAttributes: async (attributes) => {
      await store.replaceAttributes(attributes);
      await published();
    },
    setAttributeFlags: async (code, changes, editor) => {
      const isKnown = await store.setFlags(code, changes, async (tx, change) => {
        const entry = { action: "attribute.flags", objectKind: "attribute", objectId: code, ...change };
        await deps.audit?.record(tx, { ...editor, ...entry });
      });
      if (!isKnown) return undefined;
      await published();
      return keeper.current().attributes.get(code);
    },
  };
}
