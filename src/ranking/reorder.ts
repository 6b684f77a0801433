// The last word on an order: variety first, then a little chance, with the chance written down so that both can be judged later.
import { createRandom, fnv1a } from "../kernel/index.ts";
import type { Reorder } from "../search/index.ts";
import { type DiversitySettings, diversify, searchFloor } from "./diversify.ts";
import { exploreOne, exploringSlots, type Known } from "./explore.ts";
import type { ItemFacts } from "./item-facts.ts";

export type ReorderSettings = {
  /** Null = off. */
  readonly diversity: DiversitySettings | null;
  /** Slots for little-known products. */
  readonly isExploring: boolean;
  /** Share of lists whose first three places are exchanged at random, to learn how much a place matters. Default 0.01, 0 = never. */
  readonly shuffleShare: number;
};

export type Chance = 0 | 1 | 2;

export type ReorderInput = {
  readonly itemOf: (sku: string) => ItemFacts | undefined;
  readonly knownOf: (sku: string) => Known;
  /** Impressions by exploration that a product has had. */
  readonly exploredOf: (sku: string) => number;
  /** Names the shopper, the list and the day: the same list comes out the same, page after page. */
  readonly seed: string;
  /** Text of the query, normalised; empty while browsing. */
  readonly query: string;
  readonly page: { readonly offset: number; readonly limit: number };
  readonly settings: ReorderSettings;
  /** Asked before each exploration: whether the day's share is not used up. */
  readonly mayExplore: () => boolean;
  /** What chance had to do with a product's place. */
  readonly note: (sku: string, propensity: number, chance: Chance) => void;
};

const shuffled = 3;
/** A grid of fewer products has no slot to spare. */
const leastGrid = 8;
/** Products that have been shown more than that are known (corrected impressions). */
const wellKnown = 500;
const maxExplored = 1_000;
/** Of the score of the product whose slot it is. */
const relevanceFloor = 0.6;
/** The best ones: each costs 200 draws. */
const maxCandidates = 20;

/** A query that names a brand asks for one brand. */
function namesBrand(query: string, items: readonly (ItemFacts | undefined)[]): boolean {
  if (query === "") return false;
  const padded = ` ${query} `;
  return items.some((item) => item && item.brand !== "" && padded.includes(` ${item.brand.toLowerCase()} `));
}

export function createReorder(input: ReorderInput): Reorder {
  const { settings, page } = input;
  const seed = fnv1a(input.seed);
  return ({ skus, scores, pinned }) => {
    const items = skus.map(input.itemOf);
    const order = [...varied(input, items, scores)];
    const propensities = new Float64Array(skus.length).fill(1);
    // Chance has no place on a page that somebody has arranged by hand.
    if (pinned.size > 0) return { order, propensities };
    const isShuffled = shuffleTop(order, propensities, settings.shuffleShare, seed);
    // Those that kept their place might have lost it: that is a chance too.
    for (let at = 0; at < shuffled && (propensities[at] ?? 1) < 1; at += 1)
      input.note(skus[order[at] ?? 0] ?? "", propensities[at] ?? 1, isShuffled ? 2 : 0);
    if (settings.isExploring && page.limit >= leastGrid && !isShuffled)
      for (const slot of exploringSlots(0, Math.min(skus.length, page.offset + page.limit)))
        exploreSlot(input, { skus, scores, order, propensities, slot, seed });
    return { order, propensities };
  };
}

function varied(
  { settings, query }: ReorderInput,
  items: readonly (ItemFacts | undefined)[],
  scores: Float64Array,
): readonly number[] {
  const head = items.slice(0, settings.diversity?.depth ?? 0);
  if (!settings.diversity || namesBrand(query, head)) return items.map((_, at) => at);
  const floor = query === "" ? settings.diversity.floor : Math.max(searchFloor, settings.diversity.floor);
  return diversify(items, scores, { ...settings.diversity, floor });
}

/** Exchanges the first three in some lists; in all of them the chance of each to stand where it stands is noted. */
function shuffleTop(order: number[], propensities: Float64Array, share: number, seed: number): boolean {
  if (order.length < shuffled || share <= 0) return false;
  const random = createRandom(seed ^ 0x5bd1e995);
  const isChosen = random() < share;
  const natural = order.slice(0, shuffled);
  if (isChosen)
    for (let at = shuffled - 1; at > 0; at -= 1) {
      const other = Math.floor(random() * (at + 1));
      [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
    }
  for (let at = 0; at < shuffled; at += 1)
    propensities[at] = (natural[at] === order[at] ? 1 - share : 0) + share / shuffled;
  return isChosen;
}

type Slot = {
  readonly skus: readonly string[];
  readonly scores: Float64Array;
  readonly order: number[];
  readonly propensities: Float64Array;
  readonly slot: number;
  readonly seed: number;
};

function exploreSlot(input: ReorderInput, { skus, scores, order, propensities, slot, seed }: Slot): void {
  const isOnPage = slot >= input.page.offset;
  const floor = relevanceFloor * (scores[order[slot] ?? 0] ?? 0);
  const places: number[] = [];
  for (let place = slot; place < order.length && places.length < maxCandidates; place += 1) {
    const number = order[place] ?? 0;
    const sku = skus[number] ?? "";
    if ((scores[number] ?? 0) < floor || input.knownOf(sku).shown >= wellKnown) continue;
    if (input.exploredOf(sku) < maxExplored) places.push(place);
  }
  if (places.length === 0 || (isOnPage && !input.mayExplore())) return;
  const found = exploreOne(
    places.map((place) => input.knownOf(skus[order[place] ?? 0] ?? "")),
    (seed + slot) >>> 0,
  );
  const place = found && places[found.at];
  if (place === undefined) return;
  const [number = 0] = order.splice(place, 1);
  order.splice(slot, 0, number);
  propensities[slot] = found?.propensity ?? 1;
  if (isOnPage) input.note(skus[number] ?? "", propensities[slot] ?? 1, 1);
}
