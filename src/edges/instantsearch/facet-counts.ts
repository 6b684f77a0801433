// Facets of our search as counts by value, in the names the client asked by.
import type { Facet } from "../../search/index.ts";
import { ancestorsOf, type CategoryNames } from "./category-names.ts";
import { recordAttribute } from "./record-attribute.ts";

export type FacetStats = { readonly min: number; readonly max: number; readonly avg?: number; readonly sum?: number };
export type FacetCounts = {
  readonly facets: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly stats: Readonly<Record<string, FacetStats>>;
  /** False where a facet has more values than are listed. */
  readonly isComplete: boolean;
  /** Attributes in the order to show them. */
  readonly order: readonly string[];
};

type Count = readonly [value: string, count: number];

const allCategories = "allCategories";

/** What the index must count for the attributes that a client asks for. */
export function engineFacets(attributes: readonly string[]): readonly string[] {
  const codes = attributes.flatMap((name) => {
    if (name === "*") return ["*", allCategories];
    const attribute = recordAttribute(name);
    return attribute.kind === "category" ? [allCategories] : [attribute.code];
  });
  return [...new Set(codes)];
}

/** @param attributes as asked for; `*` stands for everything that was counted */
export function toFacetCounts(
  found: readonly Facet[],
  attributes: readonly string[],
  names: CategoryNames,
  { maxValues, isByName }: { readonly maxValues: number; readonly isByName: boolean },
): FacetCounts {
  const facets = new Map<string, Readonly<Record<string, number>>>();
  const stats = new Map<string, FacetStats>();
  let isComplete = true;
  for (const name of asked(found, attributes)) {
    const counts = countsOf(found, name, names);
    if (counts === undefined) continue;
    const kept = [...counts].sort(isByName ? byName : byCount).slice(0, maxValues);
    if (kept.length < counts.length) isComplete = false;
    facets.set(name, Object.fromEntries(kept));
    const own = statsOf(found, name, counts);
    if (own) stats.set(name, own);
  }
  return {
    facets: Object.fromEntries(facets),
    stats: Object.fromEntries(stats),
    isComplete,
    order: [...facets.keys()],
  };
}

const byCount = (a: Count, b: Count) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
const byName = (a: Count, b: Count) => (a[0] < b[0] ? -1 : 1);

const maxLevels = 10;

function asked(found: readonly Facet[], attributes: readonly string[]): ReadonlySet<string> {
  const depth = found
    .find(({ attribute }) => attribute === allCategories)
    ?.buckets.reduce((most, { value }) => Math.max(most, value.split("/").length), 0);
  const levels = Array.from(
    { length: Math.min(maxLevels, depth ?? 0) },
    (_, level) => `hierarchicalCategories.lvl${level}`,
  );
  const all = found.flatMap(({ attribute }) => {
    if (attribute === "categories") return ["categories", ...levels];
    return attribute === allCategories ? [] : [attribute];
  });
  return new Set(attributes.flatMap((name) => (name === "*" ? all : [name])));
}

function countsOf(found: readonly Facet[], name: string, names: CategoryNames): readonly Count[] | undefined {
  const attribute = recordAttribute(name);
  if (attribute.kind === "category") return categoryCounts(found, attribute.level, names);
  const facet = found.find(({ attribute: code }) => code === attribute.code);
  if (!facet) return undefined;
  // Ranges are ours; a client cuts its own ones by the statistics.
  if (facet.type === "ranges") return [];
  return facet.buckets.flatMap(({ value, count }): readonly Count[] => (count > 0 ? [[value, count]] : []));
}

function categoryCounts(found: readonly Facet[], level: number | undefined, names: CategoryNames): readonly Count[] {
  const buckets = found.find(({ attribute }) => attribute === allCategories)?.buckets ?? [];
  const counts = new Map<string, number>();
  for (const { value: path, count } of buckets) {
    if (level !== undefined && path.split("/").length !== level + 1) continue;
    const name = level === undefined ? names.nameOf(path) : names.namePathOf(path);
    // Categories of one name are one value, which stands for all of them. They hold different products as a rule; one
    // below another of its name holds none of its own.
    const isBelow =
      level === undefined && ancestorsOf(path).some((above) => above !== path && names.nameOf(above) === name);
    if (!isBelow) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts];
}

function statsOf(found: readonly Facet[], name: string, counts: readonly Count[]): FacetStats | undefined {
  const attribute = recordAttribute(name);
  if (attribute.kind === "category") return undefined;
  const given = found.find(({ attribute: code }) => code === attribute.code)?.stats;
  if (given) return { min: given.min, max: given.max };
  const numbers = counts.map(([value]) => (value.trim() === "" ? Number.NaN : Number(value)));
  if (numbers.length === 0 || numbers.some((number) => !Number.isFinite(number))) return undefined;
  const sum = counts.reduce((total, [value, count]) => total + Number(value) * count, 0);
  const products = counts.reduce((total, [, count]) => total + count, 0);
  return { min: Math.min(...numbers), max: Math.max(...numbers), avg: sum / products, sum };
}
