// Clients of Algolia sort by asking another index, a replica. Here any name is the catalog, and its ending names the order.

/** What a name of an index stands for. */
export type IndexName = {
  readonly name: string;
  /** As our search writes it; undefined = the default order. */
  readonly sort: string | undefined;
};

const aliases: ReadonlyMap<string, string> = new Map([
  ["created_at", "newest"],
  ["created", "newest"],
  ["date", "newest"],
  ["latest", "newest"],
  ["title", "name"],
]);

const written = /[/_-]sort[/_-]([A-Za-z0-9_.:,-]{1,300})$/;
const directed = /[_-](asc|desc)$/;
const newest = /[_-](?:newest|latest)$/;

/**
 * `products_price_asc` → by price ascending; `products_sort_price:asc,name` → as written there; `products` → the default order.
 *
 * @param isSortable tells which attributes may be sorted by
 * @returns undefined when the name ends in an order that does not exist
 */
export function readIndexName(name: string, isSortable: (attribute: string) => boolean): IndexName | undefined {
  const own = written.exec(name)?.[1];
  if (own?.includes(":")) return { name, sort: own };
  if (newest.test(name)) return { name, sort: "newest:desc" };
  const direction = directed.exec(name)?.[1];
  if (direction === undefined) return { name, sort: undefined };
  const words = name.split(/[_-]/).slice(0, -1);
  const attribute = lastAttribute(words, isSortable);
  return attribute === undefined ? undefined : { name, sort: `${attribute}:${direction}` };
}

/** The longest ending of the words that may be sorted by; a customer group may follow it, as in `price_default`. */
function lastAttribute(words: readonly string[], isSortable: (attribute: string) => boolean): string | undefined {
  for (let end = words.length; end > Math.max(0, words.length - 3); end -= 1) {
    for (let start = Math.max(0, end - 6); start < end; start += 1) {
      const code = words.slice(start, end).join("_");
      const attribute = aliases.get(code) ?? code;
      if (isSortable(attribute)) return attribute;
    }
  }
  return undefined;
}
