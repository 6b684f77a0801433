import { type Clock, type Logger, minorDigits } from "../kernel/index.ts";
import { type Analyzer, createAnalyzer } from "./analysis.ts";
import { keepIndex, type SearchableCatalog } from "./keep-index.ts";
import { createWorkspace } from "./retrieve.ts";
import type { SearchContext } from "./search-context.ts";
import { searchProducts } from "./search-products.ts";
import type { SearchRequest, SearchResult } from "./search-types.ts";
import { type PopularQueries, type Suggestion, suggest } from "./suggest.ts";

export type SearchDeps = {
  readonly catalog: SearchableCatalog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Past queries for suggestions; default none. */
  readonly popularQueries?: PopularQueries;
  /** Words and stems of the shop's language; default English. */
  readonly analyzer?: Analyzer;
};

export type Search = {
  /**
   * Finds, filters, counts and ranks products; synchronous, from memory.
   *
   * @throws {ClienteleError} `search.badSort` for an unknown sort, `search.badFilter` for a limit or offset out of range
   */
  readonly search: (request: SearchRequest) => SearchResult;
  /** Completions of what was typed so far, at most `limit`; nothing below two characters. */
  readonly suggest: (text: string, limit: number) => readonly Suggestion[];
  /** Products that can be found now. */
  readonly size: () => number;
  /** Resolves when all that the catalog holds now is searchable; a change reaches the index in ≤ 1 s by itself. */
  readonly settled: () => Promise<void>;
  /** Bytes of the index beside the products themselves. */
  readonly bytes: () => number;
  /** Stops following the catalog. */
  readonly close: () => void;
};

/** Starts building the index of a catalog at once, and keeps it in step with every change. */
export function createSearch(deps: SearchDeps): Search {
  const { catalog, clock, logger, popularQueries } = deps;
  const keeper = keepIndex({ catalog, clock, logger, analyzer: deps.analyzer ?? createAnalyzer() });
  const workspace = createWorkspace();
  let currency: string | undefined;

  function context(): SearchContext {
    const snapshot = catalog.current();
    currency ??= firstCurrency(snapshot.products.values());
    return {
      index: keeper.index(),
      workspace,
      snapshot,
      priceScale: 10 ** (currency === undefined ? 2 : minorDigits(currency)),
    };
  }

  return {
    search: (request) => searchProducts(context(), request),
    suggest: (text, limit) => suggest(context(), popularQueries, text, limit),
    size: () => keeper.index().statistics().size,
    settled: keeper.settled,
    bytes: () => keeper.index().bytes(),
    close: keeper.close,
  };
}

/** The currency of the shop: that of the first product with a price among the first thousand. */
function firstCurrency(
  products: Iterable<{ readonly finalPrice: { readonly currency: string } | null }>,
): string | undefined {
  let seen = 0;
  for (const { finalPrice } of products) {
    if (finalPrice) return finalPrice.currency;
    seen += 1;
    if (seen === 1_000) return undefined;
  }
  return undefined;
}
