// Categories as Algolia's clients know them: names from the top joined by " > ", or a name alone. Ours are paths of URL keys.
import type { CatalogSnapshot } from "../../catalog/index.ts";

export const levelSeparator = " > ";

type Categories = CatalogSnapshot["categories"];

export type CategoryNames = {
  /** `women/tops-women` → `Women > Tops`. */
  readonly namePathOf: (path: string) => string;
  readonly nameOf: (path: string) => string;
  /** Paths of all categories that a name alone, a path of names or a path of keys may mean; empty when there is none. */
  readonly pathsOf: (text: string) => readonly string[];
};

// One catalog is current at a time; an old one may be in use for the requests under way.
const cache = new WeakMap<Categories, CategoryNames>();

/** Made once for each version of the category tree. */
export function categoryNamesOf({ categories }: Pick<CatalogSnapshot, "categories">): CategoryNames {
  const known = cache.get(categories);
  if (known) return known;
  const made = readCategories(categories);
  cache.set(categories, made);
  return made;
}

function readCategories(categories: Categories): CategoryNames {
  const nameOf = (path: string) =>
    categories.get(path)?.name ?? path.slice(path.lastIndexOf("/") + 1).replaceAll("-", " ");
  const namePathOf = (path: string) => ancestorsOf(path).map(nameOf).join(levelSeparator);
  const pathsByName = new Map<string, string[]>();
  const add = (name: string, path: string) => {
    const key = name.toLowerCase();
    const paths = pathsByName.get(key);
    if (!paths) pathsByName.set(key, [path]);
    else if (!paths.includes(path)) paths.push(path);
  };
  for (const path of categories.keys()) {
    add(namePathOf(path), path);
    add(nameOf(path), path);
    add(path, path);
  }
  return {
    nameOf,
    namePathOf,
    pathsOf: (text) => {
      const paths = pathsByName.get(text.trim().toLowerCase());
      if (paths) return paths;
      // A category that only products name has no name of its own: its key in words.
      const keys = text.split(/ > | \/\/\/ |\//).map((part) => part.trim().replaceAll(" ", "-"));
      return text.trim() === "" ? [] : [keys.join("/")];
    },
  };
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
export function ancestorsOf(path: string): readonly string[] {
  const keys = path.split("/");
  return keys.map((_, at) => keys.slice(0, at + 1).join("/"));
}
