import type { Category } from "./product.ts";

export type CategoryPaths = {
  /**
   * Turns what a product row says into category paths.
   *
   * Accepts a path of URL keys (`men/tops-men`), a path of names (`Men/Tops`), and several name paths written as one
   * (`Gear/Bags/Collections/Eco Friendly`, as some exports do): where a name is no child of the category before it but
   * a root, a new path starts. Names that no category has become URL keys.
   */
  toPaths(text: string): readonly string[];
  /** Categories that `toPaths` met and that are not known, parents first. */
  implied(): readonly Category[];
};

/** A name as a URL key: `Bras & Tanks` is `bras-tanks`. */
export function toUrlKey(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
  return plain.replace(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^-+|-+$/g, "");
}

function childKey(parentPath: string | null, name: string): string {
  return JSON.stringify([parentPath, name.toLowerCase()]);
}

/** @param categories the known ones */
export function createCategoryPaths(categories: Iterable<Category>): CategoryPaths {
  const known = new Set<string>();
  const byName = new Map<string, string>();
  const implied = new Map<string, Category>();
  const paths = new Map<string, readonly string[]>();
  for (const category of categories) {
    known.add(category.path);
    byName.set(childKey(category.parentPath, category.name), category.path);
  }

  const imply = (parentPath: string | null, name: string): string | null => {
    const urlKey = toUrlKey(name);
    if (urlKey === "") return parentPath;
    const path = parentPath === null ? urlKey : `${parentPath}/${urlKey}`;
    if (!known.has(path)) {
      known.add(path);
      byName.set(childKey(parentPath, name), path);
      implied.set(path, { path, name, urlKey, parentPath, position: 0, inMenu: false });
    }
    return path;
  };

  const resolve = (text: string): readonly string[] => {
    const names = text
      .split("/")
      .map((name) => name.trim())
      .filter((name) => name !== "");
    if (names.length === 0) return [];
    const asKeys = names.join("/");
    if (known.has(asKeys)) return [asKeys];
    const found: string[] = [];
    let current: string | null = null;
    for (const name of names) {
      const child: string | undefined = byName.get(childKey(current, name));
      const root: string | undefined = current === null ? undefined : byName.get(childKey(null, name));
      if (child !== undefined) current = child;
      else if (root !== undefined) {
        if (current !== null) found.push(current);
        current = root;
      } else current = imply(current, name);
    }
    if (current !== null) found.push(current);
    return [...new Set(found)];
  };

  return {
    toPaths: (text) => {
      const cached = paths.get(text);
      if (cached) return cached;
      const resolved = resolve(text);
      // Bounded: a hostile file may hold a new path in each row.
      if (paths.size < 20_000) paths.set(text, resolved);
      return resolved;
    },
    implied: () => [...implied.values()],
  };
}
