import type { Pin } from "./arrangement.ts";

/**
 * 0-based place of each pinned SKU. A pin on a taken place moves down to the next free one; what lies behind the last
 * product of the list moves up to its end. A SKU that is pinned twice keeps its first pin.
 *
 * @param total products of the list, pinned ones included
 */
export function pinPlaces(pins: readonly Pin[], total: number): ReadonlyMap<string, number> {
  const placeBySku = new Map<string, number>();
  const taken = new Set<number>();
  for (const { sku, position } of [...pins].sort((a, b) => a.position - b.position)) {
    if (placeBySku.has(sku) || placeBySku.size >= total) continue;
    let place = Math.max(0, Math.floor(position) - 1);
    while (taken.has(place)) place += 1;
    if (place >= total) {
      place = total - 1;
      while (taken.has(place)) place -= 1;
    }
    taken.add(place);
    placeBySku.set(sku, place);
  }
  return placeBySku;
}

/** Puts pinned rows to their places and the others, in their order, into what is left. */
export function withPins<T>(
  rows: readonly T[],
  places: ReadonlyMap<string, number>,
  pinnedRow: (sku: string) => T | undefined,
): readonly T[] {
  const list: T[] = [];
  let next = 0;
  const byPlace = [...places].sort((a, b) => a[1] - b[1]);
  for (const [sku, place] of byPlace) {
    const row = pinnedRow(sku);
    if (row === undefined) continue;
    while (list.length < place && next < rows.length) list.push(rows[next++] as T); // next is below the length
    // A list that ends before the place is one of which only the beginning is known: the pin lies behind it.
    if (list.length < place) break;
    list.push(row);
  }
  return [...list, ...rows.slice(next)];
}
