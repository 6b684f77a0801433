import { isObject, plainNumber } from "../kernel/index.ts";
import { toUrlKey } from "./category-paths.ts";
import type { AttributeMeta, Category } from "./product.ts";
import { cleanText, toFlag } from "./read-fields.ts";

type Row = Record<string, unknown>;

function firstOf(row: Row, ...names: readonly string[]): unknown {
  return names
    .map((name) => (Object.hasOwn(row, name) ? row[name] : undefined))
    .find((value) => value !== undefined && value !== null);
}

function toText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? cleanText(String(value), 1_000).trim() : "";
}

/**
 * Reads categories as shops export them: `{name, url_key, parent, in_menu, position}` with the parent as a path of names,
 * or our own shape with `path`. A category that occurs twice is taken once, its first mention.
 *
 * Rows may come in any order; one whose parent is unknown becomes a root.
 */
export function parseCategories(rows: readonly unknown[]): readonly Category[] {
  const byNamePath = new Map<string, { readonly row: Row; readonly name: string; readonly parent: string }>();
  const byPath = new Map<string, Category>();
  for (const row of rows) {
    if (!isObject(row)) continue;
    const path = toText(row["path"]);
    const name = toText(row["name"]) || path;
    if (name === "") continue;
    if (path !== "") {
      const cut = path.lastIndexOf("/");
      const shared = { name, urlKey: path.slice(cut + 1), parentPath: cut < 0 ? null : path.slice(0, cut) };
      if (!byPath.has(path)) byPath.set(path, { path, ...shared, ...placeOf(row, byPath.size) });
      continue;
    }
    const parent = toText(row["parent"]);
    const namePath = parent === "" ? name : `${parent}/${name}`;
    if (!byNamePath.has(namePath)) byNamePath.set(namePath, { row, name, parent });
  }
  const resolve = (namePath: string, depth: number): string | null => {
    const entry = byNamePath.get(namePath);
    if (!entry || depth > 30) return null;
    const urlKey = toUrlKey(toText(firstOf(entry.row, "urlKey", "url_key")) || entry.name);
    const parentPath = entry.parent === "" ? null : resolve(entry.parent, depth + 1);
    return parentPath === null ? urlKey : `${parentPath}/${urlKey}`;
  };
  for (const [namePath, { row, name }] of byNamePath) {
    const path = resolve(namePath, 0);
    if (path === null || path === "" || byPath.has(path)) continue;
    const cut = path.lastIndexOf("/");
    byPath.set(path, {
      path,
      name,
      urlKey: path.slice(cut + 1),
      parentPath: cut < 0 ? null : path.slice(0, cut),
      ...placeOf(row, byPath.size),
    });
  }
  return [...byPath.values()];
}

function placeOf(row: Row, order: number): { position: number; inMenu: boolean } {
  const position = plainNumber(firstOf(row, "position") ?? order);
  return {
    position: Number.isFinite(position) ? position : order,
    inMenu: toFlag(firstOf(row, "inMenu", "in_menu", "include_in_menu") ?? true) ?? true,
  };
}

const inputs: ReadonlyMap<string, AttributeMeta["input"]> = new Map([
  ["text", "text"],
  ["textarea", "text"],
  ["select", "select"],
  ["multiselect", "multiselect"],
  ["boolean", "boolean"],
  ["number", "number"],
  ["weight", "number"],
  ["price", "price"],
  ["date", "date"],
  ["datetime", "date"],
]);

/** Reads attributes as shops export them. One that occurs twice (a code of two attribute sets) gets the options of both. */
export function parseAttributes(rows: readonly unknown[]): readonly AttributeMeta[] {
  const byCode = new Map<string, AttributeMeta>();
  for (const row of rows) {
    if (!isObject(row)) continue;
    const code = toText(row["code"]);
    if (code === "" || code === "__proto__") continue;
    const known = byCode.get(code);
    const options = Array.isArray(row["options"]) ? row["options"].map(toText).filter((option) => option !== "") : [];
    const flag = (...names: readonly string[]) => toFlag(firstOf(row, ...names) ?? false) ?? false;
    // A feed that says nothing of price rules leaves them free to use every attribute.
    const isForPriceRules = toFlag(firstOf(row, "usedForPromoRules", "used_for_promo_rules") ?? true) ?? true;
    const weight = plainNumber(firstOf(row, "searchWeight", "search_weight") ?? 1);
    byCode.set(code, {
      code,
      // Some exports write one label for each store view, a line each; the first is the default one.
      label: known?.label ?? ((toText(row["label"]).split("\n")[0] ?? "").trim() || code),
      input: inputs.get(toText(row["input"]).toLowerCase()) ?? "text",
      options: [...new Set([...(known?.options ?? []), ...options])],
      searchable: flag("searchable") || (known?.searchable ?? false),
      searchWeight: weight >= 1 && weight <= 10 ? weight : 1,
      filterable: flag("filterable") || (known?.filterable ?? false),
      filterableInSearch: flag("filterableInSearch", "filterable_in_search") || (known?.filterableInSearch ?? false),
      sortable: flag("sortable") || (known?.sortable ?? false),
      usedForPromoRules: isForPriceRules || (known?.usedForPromoRules ?? false),
    });
  }
  return [...byCode.values()];
}
