import { foldText } from "./analysis.ts";
import { compileFilters } from "./compile-filters.ts";
import { escapeHtml } from "./highlight.ts";
import { phrasesOf } from "./phrases.ts";
import { planQuery } from "./plan-query.ts";
import { categoryName } from "./product-document.ts";
import { retrieve } from "./retrieve.ts";
import type { SearchContext } from "./search-context.ts";
import { shownInSearch } from "./segment.ts";
import { createOrder } from "./sort.ts";

/** A past query with a weight to rank by, e.g. its decayed count. */
export type PopularQuery = { readonly query: string; readonly weight: number };

/** Popular past queries that begin with a folded prefix; must answer from memory. */
export type PopularQueries = (prefix: string, limit: number) => readonly PopularQuery[];

export type Suggestion = {
  /** `query`: a text to search for; `product` and `category`: where to go. */
  readonly kind: "query" | "product" | "category";
  readonly text: string;
  /** `text` escaped, with what was typed in `<em>`. */
  readonly html: string;
  readonly sku?: string;
  readonly categoryPath?: string;
  readonly url?: string;
  readonly image?: string;
};

const maxQueries = 5;
const maxCategories = 3;
const candidates = 40;

function markPrefix(text: string, typed: string): string {
  const at = ` ${text.toLowerCase()}`.indexOf(` ${typed.toLowerCase()}`);
  if (at < 0 || typed === "") return escapeHtml(text);
  const end = at + typed.length;
  return `${escapeHtml(text.slice(0, at))}<em>${escapeHtml(text.slice(at, end))}</em>${escapeHtml(text.slice(end))}`;
}

/** Popular queries and name endings, then categories and products, for what was typed so far. */
export function suggest(
  context: SearchContext,
  popularQueries: PopularQueries | undefined,
  text: string,
  limit: number,
): readonly Suggestion[] {
  const typed = text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, " ")
    .trim()
    .slice(0, 100);
  const prefix = foldText(typed);
  if (prefix.length < 2) return [];
  const names = nearestProducts(context, typed);
  const queries = [
    ...(popularQueries?.(prefix, maxQueries) ?? []).map(({ query }) => query),
    ...phrasesOf(
      typed,
      names.map(({ name }) => name),
      maxQueries,
    ),
  ];
  const distinct = [...new Map(queries.map((query) => [foldText(query), query])).values()].slice(
    0,
    Math.min(maxQueries, limit),
  );
  const queryRows = distinct.map(
    (query): Suggestion => ({ kind: "query", text: query, html: markPrefix(query, typed) }),
  );
  const categoryRows = nearestCategories(context, prefix, typed).slice(
    0,
    Math.max(0, Math.min(maxCategories, limit - queryRows.length)),
  );
  const productRows = names.slice(0, Math.max(0, limit - queryRows.length - categoryRows.length)).map(
    (product): Suggestion => ({
      kind: "product",
      text: product.name,
      html: markPrefix(product.name, typed),
      sku: product.sku,
      url: product.url,
      ...(product.images[0] === undefined ? {} : { image: product.images[0] }),
    }),
  );
  return [...queryRows, ...categoryRows, ...productRows];
}

function nearestProducts({ index, workspace, snapshot }: SearchContext, typed: string) {
  const plan = planQuery(index, typed, { asYouType: true });
  if (plan.slots.length === 0) return [];
  const { hits, segments, bestMatched } = retrieve(index, workspace, {
    plan,
    filters: compileFilters(index.values, [], undefined, 1, workspace.marks),
    shown: shownInSearch,
    order: (all) => createOrder([{ attribute: "relevance", direction: "desc" }], index.values, all, () => ""),
    limit: candidates,
    minMatched: 1,
    countValues: false,
    collectPrices: false,
  });
  return bestMatched === 0
    ? []
    : hits.flatMap(({ segment, doc }) => snapshot.get(segments[segment]?.skus[doc] ?? "") ?? []);
}

function nearestCategories({ index, snapshot }: SearchContext, prefix: string, typed: string): readonly Suggestion[] {
  const found: { path: string; name: string; position: number }[] = [];
  for (const path of index.values.attribute("categories")?.idByValue.keys() ?? []) {
    const name = categoryName(path, snapshot);
    if (` ${foldText(name)}`.includes(` ${prefix}`)) found.push({ path, name, position: path.split("/").length });
  }
  found.sort((a, b) => a.position - b.position || (a.path < b.path ? -1 : 1));
  return found.map(({ path, name }) => ({
    kind: "category",
    text: name,
    html: markPrefix(name, typed),
    categoryPath: path,
  }));
}
