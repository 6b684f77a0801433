// How content names a picture: `asset:<id>` or `asset:<id>/<size>`, where an address of a picture may stand. The address is put in
// when the content is shown, so that a replaced file shows everywhere at once.
import { isObject } from "../../kernel/index.ts";

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const namedPattern = new RegExp(`asset:(${uuid})(?:/([a-z0-9][a-z0-9_-]{0,63}))?`, "gi");
// An address that was pasted counts as a use as well.
const usePattern = new RegExp(`asset:(${uuid})|/assets/(${uuid})/`, "gi");

/** The name of a picture in content. */
export function assetReference(id: string): string {
  return `asset:${id}`;
}

/** Every text of a JSON value, without recursion: bodies come from outside. */
function* textsOf(value: unknown): Iterable<string> {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === "string") yield next;
    else if (Array.isArray(next)) open.push(...next);
    else if (isObject(next)) open.push(...Object.values(next));
  }
}

/** Ids of the assets that a body of any kind names, each once. */
export function assetIdsIn(body: unknown): readonly string[] {
  const ids = new Set<string>();
  for (const text of textsOf(body))
    for (const [, byName, byAddress] of text.matchAll(usePattern)) ids.add((byName ?? byAddress ?? "").toLowerCase());
  return [...ids];
}

/**
 * Puts addresses in place of names.
 *
 * @param addressOf the address of a picture; undefined leaves the name, which no client can load
 */
export function fillAssets(
  text: string,
  addressOf: (id: string, rendition: string | undefined) => string | undefined,
): string {
  if (!text.includes("asset:")) return text;
  return text.replace(
    namedPattern,
    (whole, id: string, rendition: string | undefined) => addressOf(id.toLowerCase(), rendition) ?? whole,
  );
}
