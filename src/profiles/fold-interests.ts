// Lists of what a person looked at, put into the cart, searched for. Each keeps the newest by time: the newest of a whole are the
// newest of its parts, so that no order of arrival changes them. Ties are broken by the text.
import { readText } from "./event-lines.ts";
import type { ProfileState, SearchTerm, TouchedProduct, ViewedProduct } from "./profile.ts";

const keptProducts = 50;
const keptSearches = 10;
const maxQueryLength = 255;

type Timed = { readonly sku: string; readonly at: number };

function isBefore(a: Timed, b: Timed): boolean {
  return a.at !== b.at ? a.at > b.at : a.sku < b.sku;
}

/** Puts an entry in its place among entries ordered newest first, in place of `known`. */
function place<T extends Timed>(entries: readonly T[], entry: T, known: number): readonly T[] {
  const next: T[] = [];
  let placed = false;
  for (let at = 0; at < entries.length; at += 1) {
    const other = entries[at];
    if (at === known || other === undefined) continue;
    if (!placed && isBefore(entry, other)) {
      next.push(entry);
      placed = true;
    }
    if (next.length < keptProducts) next.push(other);
  }
  if (!placed && next.length < keptProducts) next.push(entry);
  return next;
}

function indexOf(entries: readonly Timed[], sku: string): number {
  for (let at = 0; at < entries.length; at += 1) if (entries[at]?.sku === sku) return at;
  return -1;
}

/** A count starts again once fifty other products were seen in between. */
export function foldViewed(viewed: readonly ViewedProduct[], sku: string, at: number): readonly ViewedProduct[] {
  const index = indexOf(viewed, sku);
  const known = viewed[index];
  return place(viewed, { sku, at: Math.max(at, known?.at ?? at), count: (known?.count ?? 0) + 1 }, index);
}

export function foldAdded(added: readonly TouchedProduct[], sku: string, at: number): readonly TouchedProduct[] {
  const index = indexOf(added, sku);
  const known = added[index];
  return known && known.at >= at ? added : place(added, { sku, at }, index);
}

export function mergeViewed(a: readonly ViewedProduct[], b: readonly ViewedProduct[]): readonly ViewedProduct[] {
  let merged = a;
  for (const { sku, at, count } of b) {
    const index = indexOf(merged, sku);
    const known = merged[index];
    merged = place(merged, { sku, at: Math.max(at, known?.at ?? at), count: (known?.count ?? 0) + count }, index);
  }
  return merged;
}

export function mergeAdded(a: readonly TouchedProduct[], b: readonly TouchedProduct[]): readonly TouchedProduct[] {
  return b.reduce((merged, { sku, at }) => foldAdded(merged, sku, at), a);
}

// One phrase in whatever case: the spelling used last.
function addSearch(searches: readonly SearchTerm[], term: SearchTerm): readonly SearchTerm[] {
  const key = term.query.toLowerCase();
  const known = searches.find(({ query }) => query.toLowerCase() === key);
  if (known && (known.at > term.at || (known.at === term.at && known.query >= term.query))) return searches;
  const others = known ? searches.filter((other) => other !== known) : searches;
  return [term, ...others]
    .sort((x, y) => y.at - x.at || (x.query.toLowerCase() < y.query.toLowerCase() ? -1 : 1))
    .slice(0, keptSearches);
}

export function foldSearches(searches: ProfileState["searches"], value: unknown, at: number): ProfileState["searches"] {
  const query = readText(value, maxQueryLength)?.trim();
  return query ? addSearch(searches, { query, at }) : searches;
}

export function mergeSearches(a: readonly SearchTerm[], b: readonly SearchTerm[]): readonly SearchTerm[] {
  return b.reduce(addSearch, a);
}
