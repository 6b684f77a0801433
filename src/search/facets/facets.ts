import type { AttributeMeta, CatalogSnapshot } from "../../catalog/index.ts";
import { foldText } from "../analysis/analysis.ts";
import { categoryName } from "../indexing/product-document.ts";
import type { Retrieved } from "../retrieval/retrieve.ts";
import { chooseFacets } from "./choose-facets.ts";
import type { FacetSetting } from "./facet-setting.ts";
import type { FacetAttribute, FacetValues } from "./facet-values.ts";
import type { Filter } from "./filter.ts";
import { fixedBuckets, rangeBuckets } from "./range-steps.ts";

/** One choice of a facet; `value` is what a filter on the attribute takes. */
export type FacetBucket = {
  readonly value: string;
  readonly label: string;
  /** Products that choosing it would show, with every filter but the facet's own. */
  readonly count: number;
  readonly selected: boolean;
  readonly from?: number;
  readonly to?: number;
};

/** Why a facet is shown: asked for by name, always, telling for this result, or had by many products of it. */
export type FacetChoice = "asked" | "pinned" | "intelligent" | "popular";

export type Facet = {
  readonly attribute: string;
  readonly label: string;
  readonly type: "values" | "ranges" | "categories";
  readonly choice: FacetChoice;
  readonly buckets: readonly FacetBucket[];
  /** Of ranges: the lowest and the highest number that is counted. */
  readonly stats?: { readonly min: number; readonly max: number };
};

export type FacetContext = {
  readonly values: FacetValues;
  readonly retrieved: Retrieved;
  readonly filters: readonly Filter[];
  /** Category being browsed; the category facet shows its children. */
  readonly scope: string | undefined;
  readonly snapshot: Pick<CatalogSnapshot, "attributes" | "categories">;
  /** Minor units in one major unit. */
  readonly priceScale: number;
  readonly settings: readonly FacetSetting[];
  /** Live products of the catalog. */
  readonly size: number;
};

export const maxFacets = 100;
const maxBuckets = 100;
const maxRanges = 8;
/** A numeric attribute with more distinct values than this is shown as ranges. */
const maxDistinctNumbers = 12;

/**
 * @param requested attribute codes; `*` gives what the settings pin, categories and price, then the attributes that are
 *   telling for the result, then those that many of its products have
 */
export function buildFacets(context: FacetContext, requested: readonly string[]): readonly Facet[] {
  const choiceByCode = new Map<string, FacetChoice>();
  for (const code of requested) {
    const chosen = code === "*" ? allFacets(context) : [{ code, choice: "asked" as const }];
    for (const each of chosen) if (!choiceByCode.has(each.code)) choiceByCode.set(each.code, each.choice);
  }
  return [...choiceByCode].slice(0, maxFacets).flatMap(([code, choice]) => {
    const facet = buildFacet(context, code);
    return facet && facet.buckets.length > 0 ? [{ ...facet, choice }] : [];
  });
}

function allFacets(context: FacetContext): readonly { readonly code: string; readonly choice: FacetChoice }[] {
  const set = new Set(context.settings.map(({ attribute }) => attribute));
  const standing = ["categories", "price"].filter((code) => !set.has(code));
  const pinned = context.settings.filter(({ isPinned }) => isPinned).map(({ attribute }) => attribute);
  // Categories and price that the merchant listed without a pin stand where popular facets do.
  const listed = ["categories", "price"].filter((code) => set.has(code) && !pinned.includes(code));
  const { values, retrieved, snapshot, size } = context;
  return [
    ...[...standing, ...pinned].map((code) => ({ code, choice: "pinned" as const })),
    ...listed.map((code) => ({ code, choice: "popular" as const })),
    ...chooseFacets({ values, retrieved, snapshot, size, leftOut: new Set(pinned) }),
  ];
}

type BuiltFacet = Omit<Facet, "choice">;

function settingOf({ settings }: FacetContext, code: string): FacetSetting | undefined {
  return settings.find(({ attribute }) => attribute === code);
}

function buildFacet(context: FacetContext, code: string): BuiltFacet | undefined {
  if (code === "price") return priceFacet(context);
  if (code === "allCategories") return allCategories(context);
  const attribute = context.values.attribute(code);
  if (!attribute) return undefined;
  if (code === "categories") return categoryFacet(context, attribute);
  const meta = context.snapshot.attributes.get(code);
  const setting = settingOf(context, code);
  if (meta && !meta.filterable && !meta.filterableInSearch && !isSelected(context, code)) return undefined;
  const counted = attribute.valueIds.filter((id) => (context.retrieved.counts[id] ?? 0) > 0);
  const numeric = meta ? meta.input === "number" || meta.input === "price" : true;
  const asRanges = setting?.ranges !== undefined || (numeric && counted.length > maxDistinctNumbers);
  if (asRanges && counted.length > 0 && counted.every((id) => !Number.isNaN(context.values.number(id))))
    return numberFacet(context, attribute, counted);
  return valueFacet(context, attribute, counted, meta);
}

function isSelected({ filters }: FacetContext, code: string): boolean {
  return filters.some(({ attribute }) => attribute === code);
}

function selectedValues({ filters }: FacetContext, code: string): ReadonlySet<string> {
  return new Set(filters.flatMap(({ attribute, values }) => (attribute === code ? values.map(foldText) : [])));
}

function labelOf({ settings, snapshot }: FacetContext, code: string): string {
  const set = settings.find(({ attribute }) => attribute === code)?.label;
  if (set !== undefined) return set;
  const meta = snapshot.attributes.get(code);
  // Imports may keep several labels on lines of their own; the first is the one to show.
  const label = meta?.label.split("\n")[0]?.trim();
  return label || (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll("_", " ");
}

function valueFacet(
  context: FacetContext,
  attribute: FacetAttribute,
  counted: readonly number[],
  meta: AttributeMeta | undefined,
): BuiltFacet {
  const { values, retrieved } = context;
  const selected = selectedValues(context, attribute.code);
  const buckets = counted.map((id) => {
    const label = values.label(id);
    return {
      value: label,
      label: booleanLabel(label, meta),
      count: retrieved.counts[id] ?? 0,
      selected: selected.has(foldText(label)),
    };
  });
  // A chosen value stays to be unchosen even when nothing has it any more.
  for (const id of attribute.valueIds) {
    const label = values.label(id);
    if ((retrieved.counts[id] ?? 0) === 0 && selected.has(foldText(label)))
      buckets.push({ value: label, label: booleanLabel(label, meta), count: 0, selected: true });
  }
  const setting = settingOf(context, attribute.code);
  buckets.sort(setting ? bySetting(setting) : bySizeOrCount(buckets));
  return {
    attribute: attribute.code,
    label: labelOf(context, attribute.code),
    type: "values",
    buckets: keepSelected(buckets, setting?.maxValues ?? maxBuckets),
  };
}

/** A choice of the merchant, kept to the letter. */
function bySetting({ sort }: FacetSetting): (a: FacetBucket, b: FacetBucket) => number {
  const byLabel = (a: FacetBucket, b: FacetBucket) => collator.compare(a.label, b.label);
  return sort === "alphabetical" ? byLabel : (a, b) => b.count - a.count || byLabel(a, b);
}

// Numbers in texts by their value: 9 before 10.
const collator = new Intl.Collator("en", { numeric: true });
const letterSizes = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "2XL", "XXXL", "3XL", "4XL", "5XL"];

/** Sizes and numbers read best in their own order, everything else by how many products have it. */
function bySizeOrCount(buckets: readonly FacetBucket[]): (a: FacetBucket, b: FacetBucket) => number {
  const sizeOf = ({ label }: FacetBucket) => letterSizes.indexOf(label.toUpperCase());
  if (buckets.every((bucket) => sizeOf(bucket) >= 0)) return (a, b) => sizeOf(a) - sizeOf(b);
  if (buckets.every(({ label }) => Number.isFinite(Number(label)))) return (a, b) => Number(a.label) - Number(b.label);
  return (a, b) => b.count - a.count || (a.label < b.label ? -1 : 1);
}

function keepSelected(buckets: readonly FacetBucket[], most: number): readonly FacetBucket[] {
  if (buckets.length <= most) return buckets;
  return buckets.filter(({ selected }, at) => at < most || selected);
}

function booleanLabel(label: string, meta: AttributeMeta | undefined): string {
  if (meta?.input !== "boolean") return label;
  return label === "true" ? "Yes" : label === "false" ? "No" : label;
}

function numberFacet(context: FacetContext, attribute: FacetAttribute, counted: readonly number[]): BuiltFacet {
  const { values, retrieved } = context;
  const numbers = new Float64Array(counted.reduce((sum, id) => sum + (retrieved.counts[id] ?? 0), 0));
  let end = 0;
  for (const id of counted) {
    numbers.fill(values.number(id), end, end + (retrieved.counts[id] ?? 0));
    end += retrieved.counts[id] ?? 0;
  }
  return rangeFacet(context, attribute.code, numbers, 1, 1e-6);
}

function priceFacet(context: FacetContext): BuiltFacet {
  return rangeFacet(context, "price", context.retrieved.prices, context.priceScale, context.priceScale);
}

function rangeFacet(
  context: FacetContext,
  code: string,
  numbers: Float64Array,
  scale: number,
  smallest: number,
): BuiltFacet {
  const chosen = context.filters.find(({ attribute }) => attribute === code)?.ranges ?? [];
  const bucket = (from: number | undefined, to: number | undefined, count: number): FacetBucket => ({
    value: `${from ?? ""}..${to ?? ""}`,
    label: from === undefined ? `under ${to}` : to === undefined ? `${from} and above` : `${from} – ${to}`,
    count,
    selected: chosen.some((range) => range.from === from && range.to === to),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  const tidy = (value: number) => Number((value / scale).toFixed(6));
  const setting = settingOf(context, code);
  const cut =
    setting?.ranges?.kind === "fixed"
      ? fixedBuckets(numbers, setting.ranges.width * scale, setting.maxValues)
      : rangeBuckets(numbers, setting?.ranges?.count ?? maxRanges, smallest);
  const buckets = cut.map(({ from, to, count }) => bucket(tidy(from), to === undefined ? undefined : tidy(to), count));
  for (const { from, to } of chosen) {
    if (buckets.some((each) => each.from === from && each.to === to)) continue;
    const low = (from ?? Number.NEGATIVE_INFINITY) * scale;
    const high = (to ?? Number.POSITIVE_INFINITY) * scale;
    let inside = 0;
    for (let at = 0; at < numbers.length; at += 1) {
      const value = numbers[at] as number; // below its length
      if (value >= low && value < high) inside += 1;
    }
    buckets.push(bucket(from, to, inside));
  }
  const label = labelOf(context, code);
  if (numbers.length === 0) return { attribute: code, label, type: "ranges", buckets };
  const { least, most } = extremesOf(numbers);
  return { attribute: code, label, type: "ranges", buckets, stats: { min: tidy(least), max: tidy(most) } };
}

function extremesOf(numbers: Float64Array): { readonly least: number; readonly most: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < numbers.length; at += 1) {
    const value = numbers[at] as number; // below its length
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

const maxAllCategories = 1_000;

/** Every category that has results, wherever it lies; most results first. */
function allCategories({ values, retrieved, snapshot, filters }: FacetContext): BuiltFacet {
  const selected = new Set(
    filters.flatMap(({ attribute, values: paths }) => (attribute === "categories" ? paths : [])),
  );
  const buckets = (values.attribute("categories")?.valueIds ?? []).flatMap((id): readonly FacetBucket[] => {
    const [path, count] = [values.label(id), retrieved.counts[id] ?? 0];
    return count === 0
      ? []
      : [{ value: path, label: categoryName(path, snapshot), count, selected: selected.has(path) }];
  });
  buckets.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return {
    attribute: "allCategories",
    label: "Categories",
    type: "categories",
    buckets: buckets.slice(0, maxAllCategories),
  };
}

/** Children of the category in view, and the way down to what is chosen. */
function categoryFacet(context: FacetContext, attribute: FacetAttribute): BuiltFacet {
  const { retrieved, snapshot, values, scope } = context;
  const selected = selectedValues(context, "categories");
  const open = new Set<string>([scope ?? ""]);
  for (const path of selected) {
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) open.add(path.slice(0, end));
  }
  const childrenByParent = new Map<string, { bucket: FacetBucket; order: number }[]>();
  for (const id of attribute.valueIds) {
    const path = values.label(id);
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const count = retrieved.counts[id] ?? 0;
    const isChosen = selected.has(foldText(path));
    if (!open.has(parent) || (count === 0 && !isChosen)) continue;
    const bucket: FacetBucket = { value: path, label: categoryName(path, snapshot), count, selected: isChosen };
    const siblings = childrenByParent.get(parent) ?? [];
    siblings.push({ bucket, order: snapshot.categories.get(path)?.position ?? 0 });
    childrenByParent.set(parent, siblings);
  }
  const below = (parent: string): readonly FacetBucket[] =>
    (childrenByParent.get(parent) ?? [])
      .sort((a, b) => a.order - b.order || (a.bucket.value < b.bucket.value ? -1 : 1))
      .flatMap(({ bucket }) => [bucket, ...below(bucket.value)]);
  return {
    attribute: "categories",
    label: settingOf(context, "categories")?.label ?? "Categories",
    type: "categories",
    buckets: keepSelected(below(scope ?? ""), settingOf(context, "categories")?.maxValues ?? maxBuckets),
  };
}
