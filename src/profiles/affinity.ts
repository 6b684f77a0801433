// Taste as decayed scores (profiles-and-journeys B.3): score(v) = Σ w(event) · 2^(−age/half-life). Scores are kept as
// Σ w · 2^((t − epoch)/half-life), so that no row is rewritten as time passes and an addition may come late or be taken back.
import type { CatalogProduct } from "../catalog/index.ts";
import type { DecayedScore, ProfileState } from "./profile.ts";

export const affinityHalfLifeMs = 30 * 86_400_000;
/** 2020-01-01. Doubles reach from here to the year 2104. */
export const affinityEpochMs = Date.UTC(2020, 0, 1);
const ancestorFactor = 0.5;
const keptValues = 50;
const pruneAbove = 100;

/** Weight of one event line by canonical type; types without a row say nothing about taste. Orders and returns count once each. */
export const affinityWeights: Readonly<Record<string, number>> = {
  productPageView: 1,
  searchProductClick: 2,
  recsItemClick: 2,
  addToCart: 4,
  recsItemAddToCartClick: 4,
  addToWishlist: 4,
};
export const purchaseWeight = 10;
export const returnWeight = -8;

/** Value of a stored score at a time. */
export function scoreAt(score: DecayedScore, now: number): number {
  const [s, at] = typeof score === "number" ? [score, affinityEpochMs] : [score.s, score.at];
  return s * 2 ** (-(now - at) / affinityHalfLifeMs);
}

// 23 significant bits: sums of scores that are less than two years apart are then exact, whatever the order they are added in, and
// what is taken back leaves nothing behind. One part in eight million is nothing to a taste.
const significance = 2 ** 22;

/** The weight of an instant relative to the epoch. */
function factorAt(at: number): number {
  const halfLives = (at - affinityEpochMs) / affinityHalfLifeMs;
  const whole = Math.floor(halfLives);
  return (Math.round(2 ** (halfLives - whole) * significance) / significance) * 2 ** whole;
}

type Scores = Record<string, DecayedScore>;

function sinceEpoch(score: DecayedScore): number {
  return typeof score === "number" ? score : score.s * factorAt(score.at);
}

/** @returns whether the set of values changed */
function add(scores: Scores, value: string, amount: number): boolean {
  const known = Object.hasOwn(scores, value) ? scores[value] : undefined;
  const s = sinceEpoch(known ?? 0) + amount;
  if (s === 0) delete scores[value];
  else if (value !== "__proto__") scores[value] = s;
  return known === undefined || s === 0;
}

function prune(scores: Scores): Scores {
  if (Object.keys(scores).length <= pruneAbove) return scores;
  const entries = Object.entries(scores);
  entries.sort((a, b) => sinceEpoch(b[1]) - sinceEpoch(a[1]) || (a[0] < b[0] ? -1 : 1));
  return Object.fromEntries(entries.slice(0, keptValues));
}

/** Attributes of the product that count beside category, brand and price band. */
export type TasteAttributes = readonly string[];

type Affinity = ProfileState["affinity"];

function addTo(
  affinity: Record<string, Readonly<Scores>>,
  attribute: string,
  factors: readonly (readonly [value: string, factor: number])[],
  amount: number,
): void {
  const scores: Scores = { ...affinity[attribute] };
  let resized = false;
  for (const [value, factor] of factors) resized = add(scores, value, amount * factor) || resized;
  if (!resized) affinity[attribute] = scores;
  else if (Object.keys(scores).length === 0) delete affinity[attribute];
  else affinity[attribute] = prune(scores);
}

function attributeValues(product: CatalogProduct, code: string): readonly string[] {
  const value = Object.hasOwn(product.attributes, code) ? product.attributes[code] : undefined;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === "string").filter((each) => each !== "" && each.length <= 100);
}

/** One weight for several products of one event: category (each ancestor half of its child), brand, price band. */
export function addAffinity(
  affinity: Affinity,
  products: readonly CatalogProduct[],
  weight: number,
  at: number,
  attributes: TasteAttributes = [],
): Affinity {
  if (products.length === 0) return affinity;
  const amount = weight * factorAt(at);
  const next: Record<string, Readonly<Scores>> = { ...affinity };
  const [only] = products;
  // Most events are about one product.
  const categories =
    products.length === 1 && only
      ? categoryFactors(only.categories)
      : products.flatMap(({ categories: paths }) => categoryFactors(paths));
  if (categories.length > 0) addTo(next, "category", categories, amount);
  const [brands, priceBands] =
    products.length === 1 && only
      ? [brandFactors(only), bandFactors(only)]
      : [products.flatMap(brandFactors), products.flatMap(bandFactors)];
  if (brands.length > 0) addTo(next, "brand", brands, amount);
  if (priceBands.length > 0) addTo(next, "price_band", priceBands, amount);
  for (const code of attributes) {
    const values = products.flatMap((product) => attributeValues(product, code));
    if (values.length > 0)
      addTo(
        next,
        `attribute:${code}`,
        values.map((value) => [value, 1] as const),
        amount,
      );
  }
  return next;
}

// Products keep their category list for as long as they are unchanged.
const knownFactors = new WeakMap<readonly string[], readonly (readonly [string, number])[]>();

function categoryFactors(categories: readonly string[]): readonly (readonly [string, number])[] {
  const known = knownFactors.get(categories);
  if (known) return known;
  const factors = new Map<string, number>();
  for (const path of categories) {
    let factor = 1;
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
      const ancestor = path.slice(0, end);
      factors.set(ancestor, Math.max(factors.get(ancestor) ?? 0, factor));
      factor *= ancestorFactor;
    }
  }
  const list = [...factors];
  knownFactors.set(categories, list);
  return list;
}

/** Scores of a state that kept each relative to its last addition. */
export function rebaseAffinity(affinity: Affinity): Affinity {
  return Object.fromEntries(
    Object.entries(affinity).map(([attribute, scores]) => [
      attribute,
      Object.fromEntries(Object.entries(scores).map(([value, score]) => [value, sinceEpoch(score)])),
    ]),
  );
}

export function mergeAffinity(a: Affinity, b: Affinity): Affinity {
  const merged: Record<string, Readonly<Scores>> = { ...a };
  for (const [attribute, scores] of Object.entries(b)) {
    const own: Scores = { ...merged[attribute] };
    for (const [value, score] of Object.entries(scores)) add(own, value, sinceEpoch(score));
    if (Object.keys(own).length === 0) delete merged[attribute];
    else merged[attribute] = prune(own);
  }
  return merged;
}

type Factors = readonly (readonly [value: string, factor: number])[];
const noFactors: Factors = Object.freeze([]);
const brandsOf = new WeakMap<CatalogProduct, Factors>();
const bandsOf = new WeakMap<CatalogProduct, Factors>();

function brandFactors(product: CatalogProduct): Factors {
  const known = brandsOf.get(product);
  if (known) return known;
  const factors: Factors = product.brand ? [[product.brand, 1]] : noFactors;
  brandsOf.set(product, factors);
  return factors;
}

function bandFactors(product: CatalogProduct): Factors {
  const known = bandsOf.get(product);
  if (known) return known;
  const band = priceBand(product);
  const factors: Factors = band === undefined ? noFactors : [[band, 1]];
  bandsOf.set(product, factors);
  return factors;
}

/** Price as a power-of-two band in minor units, e.g. `3200-6400 USD`: wide enough to hold a taste, narrow enough to mean one. */
function priceBand(product: CatalogProduct): string | undefined {
  const price = product.finalPrice;
  if (!price || price.minor <= 0) return undefined;
  const low = 100 * 2 ** Math.max(0, Math.floor(Math.log2(price.minor / 100)));
  return `${low}-${low * 2} ${price.currency}`;
}

export type AffinityShare = { readonly value: string; readonly score: number };

/** The positive scores of one attribute as shares of their total, largest first, at most 50. */
export function affinityShares(
  scores: Readonly<Record<string, DecayedScore>> | undefined,
  now: number,
): readonly AffinityShare[] {
  if (!scores) return [];
  const positive = Object.entries(scores)
    .map(([value, score]) => ({ value, score: scoreAt(score, now) }))
    .filter(({ score }) => score > 0);
  const total = positive.reduce((sum, { score }) => sum + score, 0);
  return positive
    .map(({ value, score }) => ({ value, score: score / total }))
    .sort((a, b) => b.score - a.score || (a.value < b.value ? -1 : 1))
    .slice(0, keptValues);
}
