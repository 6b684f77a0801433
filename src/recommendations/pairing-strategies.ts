// What goes with a product, or in its place: bundles, looks, substitutes.
import type { CatalogProduct } from "../catalog/index.ts";
import type { Neighbour } from "./pair-scores.ts";
import { areGuarded, mainCategory, visualSimilarity } from "./similar-products.ts";
import { bestFirst, createTally, type Proposal, type Situation } from "./situation.ts";

const bundleSize = 20;
const perCategory = 50;
const styleFactor = 0.2;

const isOtherKind = (a: CatalogProduct, b: CatalogProduct) => mainCategory(a) !== mainCategory(b);

/**
 * A set for one basket: each product goes with those of the page and with those chosen before it, and none could take the place of
 * another. The first is what is bought most often with the page's products.
 */
export function frequentlyBoughtTogether({ catalog, items, model }: Situation): readonly Proposal[] {
  const scores = new Map<string, number>();
  const because = new Map<string, string>();
  const add = (from: string) => {
    for (const { sku, score } of model.boughtTogether.get(from) ?? []) {
      scores.set(sku, (scores.get(sku) ?? 0) + score);
      if (!because.has(sku)) because.set(sku, from);
    }
  };
  for (const item of items) add(item);
  // Only what goes with the page's own products: what is added later makes the set fit together, and no larger.
  const open = new Set([...scores.keys()].filter((sku) => !items.includes(sku)));
  const chosen: Proposal[] = [];
  const basket = items.flatMap((sku) => catalog.get(sku) ?? []);
  while (open.size > 0 && chosen.length < bundleSize) {
    let best = "";
    for (const sku of open) {
      const [score, most] = [scores.get(sku) ?? 0, scores.get(best) ?? -1];
      if (score > most || (score === most && sku < best)) best = sku;
    }
    open.delete(best);
    const product = catalog.get(best);
    if (!product || basket.some((other) => mainCategory(other) !== "" && !isOtherKind(other, product))) continue;
    const name = catalog.get(because.get(best) ?? "")?.name ?? because.get(best) ?? "";
    // Later ones are chosen for what stands before them: their place, not their sum, is what they are worth.
    const score = (scores.get(best) ?? 0) / (chosen.length + 1);
    chosen.push({ sku: best, score, reason: { code: "bought_together", text: `Bought in one order with ${name}` } });
    basket.push(product);
    add(best);
  }
  return chosen;
}

/** Products that can stand in for one: like it, of its category, looked at in the same sessions but not bought with it. */
export function substitutes(situation: Situation): readonly Proposal[] {
  const { catalog, model, similar, nowMs } = situation;
  const bySku = new Map<string, Proposal>();
  for (const item of situation.items) {
    const product = catalog.get(item);
    if (!product) continue;
    const viewed = sharesOf(model.viewedTogether.get(item));
    const bought = sharesOf(model.boughtTogether.get(item));
    for (const { sku, score: likeness } of similar.like(product, catalog, nowMs)) {
      const other = catalog.get(sku);
      if (!other || isOtherKind(product, other)) continue;
      const score = likeness * (1 + (viewed.get(sku) ?? 0)) * (1 - 0.5 * (bought.get(sku) ?? 0));
      if (score <= (bySku.get(sku)?.score ?? 0)) continue;
      bySku.set(sku, { sku, score, reason: { code: "substitute", text: `Instead of ${product.name}` } });
    }
  }
  return bestFirst(bySku.values());
}

function sharesOf(neighbours: readonly Neighbour[] = []): ReadonlyMap<string, number> {
  const most = neighbours[0]?.score ?? 1;
  return new Map(neighbours.map(({ sku, score }) => [sku, score / most]));
}

/** The root of a category path, e.g. `women`: looks stay within it. */
const rootOf = (path: string) => path.split("/", 1)[0] ?? "";

/**
 * What is worn or used with a product: other kinds of products of the same root category and gender, by the shop's links, by orders,
 * by sessions, and where those say nothing by like colours, materials and styles. One of each kind first.
 */
export function completeTheLook(situation: Situation): readonly Proposal[] {
  const { catalog, model } = situation;
  const tally = createTally();
  for (const item of situation.items) {
    const product = catalog.get(item);
    if (!product) continue;
    const reason = { code: "completes_look", text: `Completes the look with ${product.name}` };
    const put = (sku: string, score: number) => {
      const other = catalog.parentOf(sku);
      if (!other || other.sku === item || !isOtherKind(product, other) || !areGuarded(product, other)) return;
      tally.add({ sku: other.sku, score, reason });
    };
    for (const [at, sku] of product.crosssell.entries()) put(sku, 1 - at / (2 * product.crosssell.length));
    for (const [sku, share] of sharesOf(model.boughtTogether.get(item))) put(sku, share);
    for (const [sku, share] of sharesOf(model.viewedTogether.get(item))) put(sku, 0.5 * share);
    for (const { sku, score } of byStyle(product, situation)) put(sku, styleFactor * score);
  }
  return oneOfEachKind(tally.proposals(), catalog.get);
}

/** Products of the sister categories by how much they look like this one. */
function byStyle(product: CatalogProduct, situation: Situation): readonly { sku: string; score: number }[] {
  const { catalog, model, categoryRankings, nowMs } = situation;
  const main = mainCategory(product);
  const parent = main.slice(0, Math.max(0, main.lastIndexOf("/"))) || rootOf(main);
  const around = parent === "" ? "" : parent.slice(0, Math.max(0, parent.lastIndexOf("/"))) || parent;
  if (around === "") return [];
  const popular = categoryRankings.of(around, model, catalog, nowMs).flatMap(({ sku }) => catalog.get(sku) ?? []);
  return [...popular, ...catalog.inCategory(around).slice(0, 4 * perCategory)]
    .slice(0, 4 * perCategory)
    .map((other) => ({ sku: other.sku, score: visualSimilarity(product, other) }))
    .filter(({ score }) => score > 0);
}

function oneOfEachKind(
  proposals: readonly Proposal[],
  get: (sku: string) => CatalogProduct | undefined,
): readonly Proposal[] {
  const rounds = new Map<string, number>();
  return proposals
    .map((proposal) => {
      const product = get(proposal.sku);
      const kind = product ? mainCategory(product) : "";
      const round = rounds.get(kind) ?? 0;
      rounds.set(kind, round + 1);
      return { proposal, round };
    })
    .sort((a, b) => a.round - b.round)
    .map(({ proposal }) => proposal);
}

/** Products that look alike by what the catalog says of colour, material, style and shape. */
export function visuallySimilar(situation: Situation): readonly Proposal[] {
  const { catalog, similar, nowMs } = situation;
  const bySku = new Map<string, Proposal>();
  for (const item of situation.items) {
    const product = catalog.get(item);
    for (const { sku, score } of product ? similar.like(product, catalog, nowMs) : []) {
      const other = catalog.get(sku);
      const looks = product && other ? visualSimilarity(product, other) : 0;
      const total = looks * (0.8 + 0.2 * score);
      if (total <= (bySku.get(sku)?.score ?? 0)) continue;
      bySku.set(sku, { sku, score: total, reason: { code: "looks_like", text: `Looks like ${product?.name}` } });
    }
  }
  return bestFirst(bySku.values());
}
