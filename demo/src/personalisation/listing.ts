import type { Reason, SearchHit } from "@clientele/browser";
import { formatMoney } from "../components/money.tsx";
import { links } from "../router.ts";
import { shopApi } from "../shop-api.ts";
import type { Shop } from "../state/shop.ts";
import type { Card } from "../types.ts";

// Listings come from Clientele. While it does not answer, the shop's own plain listing takes its place: sorted by name
// or price, without facets, corrections and ranking.

/** One choice of a facet; `filter` is what to send to choose it. */
export type FacetValue = { readonly value: string; readonly label: string; readonly count: number };
export type Facet = { readonly code: string; readonly label: string; readonly values: readonly FacetValue[] };
export type Hit = {
  readonly card: Card;
  /** The name with the found words in `<em>`, escaped. */
  readonly highlight: string | null;
  readonly score: number | null;
  readonly reasons: readonly Reason[];
};

export type ListingQuery = {
  /** A search, or a category. */
  readonly q?: string;
  readonly category?: string;
  readonly filter: readonly string[];
  readonly sort: string;
  readonly limit: number;
  readonly offset: number;
};

export type Listing = {
  readonly source: "clientele" | "shop";
  readonly hits: readonly Hit[];
  readonly total: number;
  readonly facets: readonly Facet[];
  readonly didYouMean: string | null;
  readonly correctedTo: string | null;
  readonly suggestions: readonly string[];
};

const timeoutMs = 2_500;

type Fields = { readonly [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

function highlightOf(hit: SearchHit): string | null {
  const ofName = list(hit["highlights"]).find(({ attribute }) => attribute === "name");
  return ofName ? text(ofName["value"]) : null;
}

export function toCard(hit: SearchHit): Card {
  const price = hit.finalPrice ?? hit.price ?? null;
  return {
    sku: hit.sku,
    name: hit.name,
    url: links.product(hit.sku),
    image: hit.image ?? null,
    price,
    regularPrice: hit.price ?? price,
    rating: hit.rating ?? null,
  };
}

function toHit(hit: SearchHit): Hit {
  return { card: toCard(hit), highlight: highlightOf(hit), score: hit.score ?? null, reasons: hit.reasons ?? [] };
}

function rangeLabel({ from, to }: Fields): string | null {
  const dollars = (amount: unknown): string =>
    formatMoney({ minor: Math.round(Number(amount) * 100), currency: "USD" });
  if (typeof from !== "number") return typeof to === "number" ? `under ${dollars(to)}` : null;
  return typeof to === "number" ? `${dollars(from)} to ${dollars(to)}` : `${dollars(from)} and above`;
}

function toFacet(facet: Fields): Facet {
  const code = text(facet["attribute"]) ?? "";
  const values = list(facet["buckets"]).map((bucket) => {
    const value = text(bucket["value"]) ?? "";
    const label = (code === "price" ? rangeLabel(bucket) : null) ?? text(bucket["label"]) ?? value;
    return { value, label, count: Number(bucket["count"] ?? 0) };
  });
  return { code, label: text(facet["label"]) ?? code, values: values.filter(({ value }) => value !== "") };
}

function toListing(answer: Fields): Listing {
  const suggestions = Array.isArray(answer["suggestions"]) ? answer["suggestions"] : [];
  return {
    source: "clientele",
    // The items have the shape of the SDK's SearchHit, which the server's API document declares.
    hits: list(answer["items"]).map((hit) => toHit(hit as SearchHit)),
    total: Number(answer["total"] ?? 0),
    facets: list(answer["facets"])
      .map(toFacet)
      .filter(({ values }) => values.length > 0),
    didYouMean: text(answer["didYouMean"]),
    correctedTo: text(answer["correctedQuery"]),
    suggestions: suggestions.flatMap((one) => text(one) ?? []),
  };
}

async function askShop(query: ListingQuery, signal: AbortSignal): Promise<Listing> {
  const parameters = new URLSearchParams({
    q: query.q ?? "",
    category: query.category ?? "",
    sort: query.sort,
    limit: String(query.limit),
    offset: String(query.offset),
  });
  const { items, total } = await shopApi.get<{ items: readonly Card[]; total: number }>(
    `/products?${parameters}`,
    signal,
  );
  const hits = items.map((card) => ({ card, highlight: null, score: null, reasons: [] }));
  return { source: "shop", hits, total, facets: [], didYouMean: null, correctedTo: null, suggestions: [] };
}

/** The SDK has no call for category pages; this one asks as it does. */
async function askCategory(shop: Shop, category: string, query: ListingQuery, signal: AbortSignal): Promise<Fields> {
  const { client, config } = shop;
  const isPersonal = client.consent().personalisation !== false;
  const parameters = new URLSearchParams({
    limit: String(query.limit),
    offset: String(query.offset),
    storeView: config.storeView,
    ...(isPersonal && { anonymousId: client.anonymousId }),
  });
  if (query.sort !== "") parameters.set("sort", query.sort);
  parameters.set("facets", "*");
  for (const one of query.filter) parameters.append("filter", one);
  const response = await fetch(`${config.endpoint}/v1/categories/${category}/products?${parameters}`, {
    headers: { authorization: `Bearer ${config.writeKey}` },
    credentials: "omit",
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  if (!response.ok) throw new Error(`categories answered ${response.status}`);
  const answer: unknown = await response.json();
  return isFields(answer) ? answer : {};
}

async function askClientele(shop: Shop, query: ListingQuery, signal: AbortSignal): Promise<Listing> {
  if (query.category !== undefined) return toListing(await askCategory(shop, query.category, query, signal));
  const { q = "", limit, offset, sort, filter } = query;
  const answer = await shop.client.search({
    q,
    limit,
    offset,
    filter,
    facets: ["*"],
    ...(sort !== "" && { sort }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  return toListing(answer);
}

/** Rejects only when neither Clientele nor the shop's server answers, or when `signal` is aborted. */
export async function findListing(shop: Shop, query: ListingQuery, signal: AbortSignal): Promise<Listing> {
  const answer = await askClientele(shop, query, signal).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    return null;
  });
  if (answer && (answer.total > 0 || query.category === undefined || query.filter.length > 0)) return answer;
  const own = await askShop(query, signal);
  return answer && own.total === 0 ? answer : own;
}
