import type { CatalogProduct } from "../catalog/index.ts";
import type { Highlight, Highlighter } from "./analysis/highlight.ts";
import { isIndexed, plainText } from "./indexing/product-document.ts";
import type { Segment } from "./indexing/segment.ts";
import type { QueryPlan } from "./planning/query-plan.ts";
import type { RankedRow } from "./ranking/rank-list.ts";
import type { HoldsPhrase } from "./retrieval/accumulators.ts";
import { explainScore } from "./retrieval/explain-score.ts";
import type { SearchContext } from "./search-context.ts";
import type { ItemReason, SearchItem, SearchRequest } from "./search-types.ts";

/** What the rows of one page share. */
export type PageContext = {
  readonly search: SearchContext;
  readonly request: SearchRequest;
  readonly segments: readonly Segment[];
  readonly plan: QueryPlan | undefined;
  readonly highlighter: Highlighter;
  readonly holdsPhrase: HoldsPhrase;
};

/** One ranked candidate as the caller sees it; undefined when its product has gone or was hidden a moment ago. */
export function toSearchItem(page: PageContext, row: RankedRow): SearchItem | undefined {
  const { request, segments, plan, highlighter } = page;
  const { index, snapshot } = page.search;
  const { hit } = row;
  const segment = segments[hit.segment];
  const product = segment && snapshot.get(segment.skus[hit.doc] ?? "");
  if (!segment || !product || !isIndexed(product)) return undefined;
  const { name, description } = page.search.localText(product);
  const variant = matchedVariant(product, request.q);
  return {
    sku: product.sku,
    name,
    url: product.url,
    image: product.images[0] ?? null,
    price: product.price,
    finalPrice: request.prices ? request.prices.finalPriceOf(product) : product.finalPrice,
    rating: product.rating,
    inStock: product.inStock,
    ...(product.brand === null ? {} : { brand: product.brand }),
    ...(variant === undefined ? {} : { matchedVariant: variant }),
    score: row.score,
    highlights: plan ? highlightsOf({ ...product, name, description }, highlighter) : [],
    reasons: reasonsOf(product, request, row, variant),
    propensity: row.propensity,
    ...(request.explain
      ? {
          explain: {
            score: row.score,
            base: row.base,
            ...(row.meaning === undefined ? {} : { meaning: row.meaning }),
            ...(plan && row.meaning === undefined
              ? { text: explainScore(index, plan, segment, hit, page.holdsPhrase) }
              : {}),
            signals: row.signals,
            isExact: row.isExact,
            ...(row.model === undefined ? {} : { model: row.model }),
            factor: row.factor,
            effects: request.arrangement?.effectsOf(product.sku) ?? [],
            isPinned: row.isPinned,
          },
        }
      : {}),
  };
}

function matchedVariant({ variants }: CatalogProduct, q: string | undefined): string | undefined {
  if (!q || variants.length === 0) return undefined;
  const typed = q.trim().toLowerCase();
  return variants.find((sku) => sku.toLowerCase() === typed);
}

function highlightsOf(product: CatalogProduct, { highlight }: Highlighter): readonly Highlight[] {
  return [
    highlight("name", product.name),
    highlight("sku", product.sku),
    product.brand === null ? undefined : highlight("brand", product.brand),
    product.description === "" ? undefined : highlight("description", plainText(product.description)),
  ].filter((each) => each !== undefined);
}

/** A signal is a reason when it lifts the product and few products stand above it. */
const reasonPercentile = 0.7;

function reasonsOf(
  product: CatalogProduct,
  request: SearchRequest,
  { signals, meaning }: Pick<RankedRow, "signals" | "meaning">,
  variant: string | undefined,
): readonly ItemReason[] {
  const reasons: ItemReason[] = [];
  if (meaning !== undefined)
    reasons.push({ code: "similarMeaning", text: `Similar meaning, cosine ${meaning.toFixed(2)}` });
  if (request.q && (variant !== undefined || product.sku.toLowerCase() === request.q.trim().toLowerCase())) {
    reasons.push({ code: "exactSku", text: "This is the SKU you typed" });
  }
  for (const { name, percentile, factor } of signals) {
    const text = request.signals?.find((signal) => signal.name === name)?.text;
    if (text !== undefined && factor > 1 && percentile >= reasonPercentile) reasons.push({ code: name, text });
  }
  return reasons;
}
