import type { ProfileState, WishlistEntry } from "./profile.ts";

const keptEntries = 400;
const keptProducts = 200;

export type WishlistState = Pick<ProfileState, "wishlist" | "wishlistLog">;

function addEntry(log: readonly WishlistEntry[], entry: WishlistEntry): readonly WishlistEntry[] {
  const known = log.find(({ sku }) => sku === entry.sku);
  // Of one instant, taking off wins.
  if (known && (known.at > entry.at || (known.at === entry.at && (!known.on || entry.on)))) return log;
  return [entry, ...log.filter((other) => other !== known)]
    .sort((a, b) => b.at - a.at || (a.sku < b.sku ? -1 : 1))
    .slice(0, keptEntries);
}

function toState(log: readonly WishlistEntry[]): WishlistState {
  const on = log.filter((entry) => entry.on).slice(0, keptProducts);
  return { wishlistLog: log, wishlist: on.map(({ sku }) => sku).reverse() };
}

/** The wish list after an event: of each product, what happened to it last counts. */
export function foldWishlist(state: WishlistState, skus: readonly string[], at: number, on: boolean): WishlistState {
  let log = state.wishlistLog;
  for (const sku of skus) log = addEntry(log, { sku, at, on });
  return log === state.wishlistLog ? state : toState(log);
}

export function mergeWishlists(a: WishlistState, b: WishlistState): WishlistState {
  return toState(b.wishlistLog.reduce(addEntry, a.wishlistLog));
}
