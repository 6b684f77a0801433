import type { CatalogProduct } from "../catalog/index.ts";
import { foldText } from "./analysis/analysis.ts";
import { escapeHtml } from "./analysis/highlight.ts";
import { compileFilters } from "./facets/compile-filters.ts";
import { categoryName } from "./indexing/product-document.ts";
import { shownInSearch } from "./indexing/segment.ts";
import { phrasesOf } from "./planning/phrases.ts";
import { planQuery } from "./planning/plan-query.ts";
import { retrieve } from "./retrieval/retrieve.ts";
import { createOrder } from "./retrieval/sort.ts";
import type { SearchContext } from "./search-context.ts";

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
  /** Names of the categories above, from the top: two categories may share a name. */
  readonly within?: readonly string[];
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
  const products = nearestProducts(context, typed);
  const names = products.map(({ name }) => name);
  const popular = (popularQueries?.(prefix, maxQueries) ?? []).map(({ query }) => query);
  const queries = distinctTexts([...popular, ...phrasesOf(typed, names, maxQueries)], maxQueries);
  const rows = queries.map((query): Suggestion => ({ kind: "query", text: query, html: markPrefix(query, typed) }));
  rows.push(...nearestCategories(context, prefix, typed).slice(0, maxCategories));
  rows.push(...products.map((product) => productRow(product, typed)));
  return rows.slice(0, Math.max(0, limit));
}

/** The first spelling of each text. */
function distinctTexts(texts: readonly string[], limit: number): readonly string[] {
  const byFolded = new Map<string, string>();
  for (const text of texts) if (!byFolded.has(foldText(text))) byFolded.set(foldText(text), text);
  return [...byFolded.values()].slice(0, limit);
}

function productRow({ name, sku, url, images }: CatalogProduct, typed: string): Suggestion {
  const image = images[0];
  return {
    kind: "product",
    text: name,
    html: markPrefix(name, typed),
    sku,
    url,
    ...(image === undefined ? {} : { image }),
  };
}

/** Products by relevance; when names hold the last word as typed, only those: a list of names must show why. */
function nearestProducts(context: SearchContext, typed: string): readonly CatalogProduct[] {
  const { index, workspace, snapshot, localText } = context;
  const plan = planQuery(index, typed, { asYouType: true });
  const { hits, segments } = retrieve(index, workspace, {
    plan,
    filters: compileFilters(index.values, [], undefined, 1, workspace.marks),
    shown: shownInSearch,
    order: (all) => createOrder([{ attribute: "relevance", direction: "desc" }], index.values, all, () => ""),
    limit: candidates,
    minMatched: 1,
    countValues: false,
    collectPrices: false,
  });
  const products = hits.flatMap(({ segment, doc }) => {
    const product = snapshot.get(segments[segment]?.skus[doc] ?? "");
    return product ? { ...product, ...localText(product) } : [];
  });
  const lastWord = foldText(typed).split(" ").at(-1) ?? "";
  const named = products.filter(({ name }) => ` ${foldText(name)}`.includes(` ${lastWord}`));
  return named.length > 0 ? named : products;
}

function nearestCategories({ index, snapshot }: SearchContext, prefix: string, typed: string): readonly Suggestion[] {
  const found: { path: string; name: string; depth: number }[] = [];
  for (const path of index.values.attribute("categories")?.idByValue.keys() ?? []) {
    const name = categoryName(path, snapshot);
    if (!` ${foldText(name)}`.includes(` ${prefix}`) || snapshot.inCategory(path).length === 0) continue;
    found.push({ path, name, depth: path.split("/").length });
  }
  found.sort((a, b) => a.depth - b.depth || (a.path < b.path ? -1 : 1));
  return found.map(({ path, name }) => ({
    kind: "category",
    text: name,
    html: markPrefix(name, typed),
    categoryPath: path,
    within: parentsOf(path).map((parent) => categoryName(parent, snapshot)),
  }));
}

/** Paths above a category, from the top. */
function parentsOf(path: string): readonly string[] {
  const keys = path.split("/").slice(0, -1);
  return keys.map((_, at) => keys.slice(0, at + 1).join("/"));
}
