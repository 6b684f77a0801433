import type { Reason, RecommendedItem, SearchAnswer, SearchHit } from "@clientele/browser";
import { formatMoney } from "../components/money.tsx";
import { links } from "../router.ts";
import { shopApi } from "../shop-api.ts";
import type { Shop } from "../state/shop.ts";
import type { Card } from "../types.ts";

// Listings come from Clientele. While it does not answer, the shop's own plain listing takes its place: sorted by name
// or price, without facets, corrections and ranking.

/** One choice of a facet; `filter` is what to send to choose it. */
type FacetValue = { readonly value: string; readonly label: string; readonly count: number };
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
  /** Where the merchant sends shoppers who search for this. */
  readonly redirect: string | null;
};

const timeoutMs = 2_500;

export function toCard(hit: RecommendedItem): Card {
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

function toHit(hit: SearchHit, ofList: readonly Reason[]): Hit {
  const highlight = hit.highlights?.find(({ attribute }) => attribute === "name")?.value ?? null;
  return { card: toCard(hit), highlight, score: hit.score ?? null, reasons: [...(hit.reasons ?? []), ...ofList] };
}

type Bucket = SearchAnswer["facets"][number]["buckets"][number];

function rangeLabel({ from, to, label }: Bucket): string {
  const dollars = (amount: number): string => formatMoney({ minor: Math.round(amount * 100), currency: "USD" });
  if (from === undefined) return to === undefined ? label : `under ${dollars(to)}`;
  return to === undefined ? `${dollars(from)} and above` : `${dollars(from)} to ${dollars(to)}`;
}

function toFacet({ attribute, label, buckets }: SearchAnswer["facets"][number]): Facet {
  const values = buckets.map((bucket) => ({
    value: bucket.value,
    label: attribute === "price" ? rangeLabel(bucket) : bucket.label,
    count: bucket.count,
  }));
  return { code: attribute, label, values };
}

function toListing(answer: SearchAnswer): Listing {
  return {
    source: "clientele",
    hits: answer.items.map((hit) => toHit(hit, answer.reasons ?? [])),
    total: answer.total,
    facets: answer.facets.map(toFacet),
    didYouMean: answer.didYouMean ?? null,
    correctedTo: answer.correctedQuery ?? null,
    suggestions: answer.suggestions,
    redirect: answer.redirect?.url ?? null,
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
  return {
    source: "shop",
    hits,
    total,
    facets: [],
    didYouMean: null,
    correctedTo: null,
    suggestions: [],
    redirect: null,
  };
}

async function askClientele(shop: Shop, query: ListingQuery, signal: AbortSignal): Promise<Listing> {
  const request = {
    limit: query.limit,
    offset: query.offset,
    filter: query.filter,
    facets: ["*"],
    ...(query.sort !== "" && { sort: query.sort }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  };
  const { client } = shop;
  if (query.category !== undefined) return toListing(await client.category({ path: query.category, ...request }));
  return toListing(await client.search({ q: query.q ?? "", ...request }));
}

/** The best products for what is typed so far; none while Clientele does not answer. */
export async function findAsTyped(shop: Shop, q: string, limit: number, signal: AbortSignal): Promise<Listing | null> {
  try {
    return toListing(await shop.client.search({ q, asYouType: true, limit, signal }));
  } catch (cause) {
    if (signal.aborted) throw cause;
    return null;
  }
}

/** Rejects only when neither Clientele nor the shop's server answers, or when `signal` is aborted. */
export async function findListing(shop: Shop, query: ListingQuery, signal: AbortSignal): Promise<Listing> {
  const answer = await askClientele(shop, query, signal).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    return null;
  });
  if (
    answer &&
    (answer.total > 0 || answer.redirect !== null || query.category === undefined || query.filter.length > 0)
  )
    return answer;
  const own = await askShop(query, signal);
  return answer && own.total === 0 ? answer : own;
}
