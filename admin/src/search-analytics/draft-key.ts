import { suggestKey } from "../definitions/suggest-key.ts";

/** What the keys of drafts made of a query begin with. */
export const draftPrefix = "from-query-";

/**
 * The key of what is made of a query: the same query has the same key, so it is made once and found again.
 *
 * @param storeView the one that it is for; absent = all, which have a key of their own
 */
export function draftKey(query: string, storeView?: string): string {
  const words = suggestKey(query).slice(0, 40).replace(/-+$/, "");
  // Letters that no key may hold would leave nothing to tell queries apart.
  return `${draftPrefix}${words === "" ? "" : `${words}-`}${hashOf(storeView === undefined ? query : `${query}\0${storeView}`)}`;
}

/** FNV-1a, 32 bit: short, and never the only thing that two keys differ by unless the queries do. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36);
}
