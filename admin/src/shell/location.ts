/** Addresses inside the admin, written without its base path. */
export const basePath = "/admin";

export type Search = Readonly<Record<string, string>>;
export type SearchPatch = Readonly<Record<string, string | null>>;

export const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Splits an address; the store view chosen in the top bar stays chosen on the next page. */
export function toLocation(href: string, current: Search): { to: string; search: Record<string, string> } {
  const [to = "/", query = ""] = href.split("?", 2);
  const kept: Record<string, string> = current["storeView"] ? { storeView: current["storeView"] } : {};
  return { to, search: { ...kept, ...parseSearch(query) } };
}
