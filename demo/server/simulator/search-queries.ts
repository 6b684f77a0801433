import type { Assortment, Leaf, SimulatorProduct } from "./assortment.ts";
import type { Random } from "./random.ts";

export type SimulatedSearch = {
  readonly query: string;
  readonly results: readonly SimulatorProduct[];
  readonly suggestions: readonly string[];
};

// What shops are asked for and do not sell.
const strayQueries = ["gift card", "return policy", "umbrella", "snowboard", "store near me", "sunglasses"];

/** Drops, doubles or swaps a letter inside the longest word. */
function mistype(query: string, random: Random): string {
  const word = query.split(" ").reduce((longest, one) => (one.length > longest.length ? one : longest), "");
  if (word.length < 4) return query;
  const at = random.whole(1, word.length - 3);
  const [letter, following] = [word.charAt(at), word.charAt(at + 1)];
  const middle = random.pick(["", letter + letter, following + letter]);
  const rest = word.slice(middle.length === 2 && middle !== letter + letter ? at + 2 : at + 1);
  return query.replace(word, word.slice(0, at) + middle + rest);
}

function wish(leaf: Leaf, random: Random): string {
  const named = random.pick(leaf.products).name.toLowerCase();
  const words = named
    .replaceAll(/[^a-z0-9 ]/g, "")
    .split(" ")
    .filter(Boolean);
  const wishes = [
    leaf.label,
    words.at(-1) ?? named,
    leaf.isCollection ? leaf.label : `${leaf.root} ${leaf.label}`,
    words.slice(-2).join(" "),
    words.join(" "),
  ];
  return (wishes[random.index([4, 3, 1.5, 1.5, 1])] || named).trim();
}

/** What somebody who wants something of `leaf` types, and what the shop finds: mistakes are corrected by the shop mostly. */
export function makeSearch(leaf: Leaf, assortment: Assortment, random: Random): SimulatedSearch {
  if (random.chance(0.05)) return { query: random.pick(strayQueries), results: [], suggestions: [leaf.label] };
  const query = wish(leaf, random);
  const matching = assortment.matching(query);
  const results = matching.length > 0 ? matching : leaf.products;
  if (!random.chance(0.09)) return { query, results, suggestions: [] };
  const typed = mistype(query, random);
  return random.chance(0.75)
    ? { query: typed, results, suggestions: [query] }
    : { query: typed, results: [], suggestions: [query] };
}
