import type { AttributeMeta, CatalogSnapshot } from "../catalog/index.ts";
import { foldText } from "./analysis.ts";
import type { FacetAttribute, FacetValues } from "./facet-values.ts";
import type { Filter } from "./filter.ts";
import { categoryName } from "./product-document.ts";
import { rangeBuckets } from "./range-steps.ts";
import type { Retrieved } from "./retrieve.ts";

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

export type Facet = {
  readonly attribute: string;
  readonly label: string;
  readonly type: "values" | "ranges" | "categories";
  readonly buckets: readonly FacetBucket[];
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
};

export const maxFacets = 100;
const maxBuckets = 100;
const maxRanges = 8;
const maxAutomatic = 12;
/** A numeric attribute with more distinct values than this is shown as ranges. */
const maxDistinctNumbers = 12;
const neverAutomatic: ReadonlySet<string> = new Set(["type", "inStock", "categories"]);

/** @param requested attribute codes; `*` adds categories, price and the attributes that tell the results apart best */
export function buildFacets(context: FacetContext, requested: readonly string[]): readonly Facet[] {
  const codes = new Set(requested.flatMap((code) => (code === "*" ? automaticFacets(context) : [code])));
  return [...codes].slice(0, maxFacets).flatMap((code) => {
    const facet = buildFacet(context, code);
    return facet && facet.buckets.length > 0 ? [facet] : [];
  });
}

function buildFacet(context: FacetContext, code: string): Facet | undefined {
  if (code === "price") return priceFacet(context);
  const attribute = context.values.attribute(code);
  if (!attribute) return undefined;
  if (code === "categories") return categoryFacet(context, attribute);
  const meta = context.snapshot.attributes.get(code);
  if (meta && !meta.filterable && !meta.filterableInSearch && !isSelected(context, code)) return undefined;
  const counted = attribute.valueIds.filter((id) => (context.retrieved.counts[id] ?? 0) > 0);
  const numeric = meta ? meta.input === "number" || meta.input === "price" : true;
  if (
    numeric &&
    counted.length > maxDistinctNumbers &&
    counted.every((id) => !Number.isNaN(context.values.number(id)))
  ) {
    return numberFacet(context, attribute, counted);
  }
  return valueFacet(context, attribute, counted, meta);
}

function isSelected({ filters }: FacetContext, code: string): boolean {
  return filters.some(({ attribute }) => attribute === code);
}

function selectedValues({ filters }: FacetContext, code: string): ReadonlySet<string> {
  return new Set(filters.flatMap(({ attribute, values }) => (attribute === code ? values.map(foldText) : [])));
}

function labelOf(code: string, meta: AttributeMeta | undefined): string {
  // Imports may keep several labels on lines of their own; the first is the one to show.
  const label = meta?.label.split("\n")[0]?.trim();
  return label || (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll("_", " ");
}

function valueFacet(
  context: FacetContext,
  attribute: FacetAttribute,
  counted: readonly number[],
  meta: AttributeMeta | undefined,
): Facet {
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
  buckets.sort(bySizeOrCount(buckets));
  return {
    attribute: attribute.code,
    label: labelOf(attribute.code, meta),
    type: "values",
    buckets: keepSelected(buckets),
  };
}

const letterSizes = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "2XL", "XXXL", "3XL", "4XL", "5XL"];

/** Sizes and numbers read best in their own order, everything else by how many products have it. */
function bySizeOrCount(buckets: readonly FacetBucket[]): (a: FacetBucket, b: FacetBucket) => number {
  const sizeOf = ({ label }: FacetBucket) => letterSizes.indexOf(label.toUpperCase());
  if (buckets.every((bucket) => sizeOf(bucket) >= 0)) return (a, b) => sizeOf(a) - sizeOf(b);
  if (buckets.every(({ label }) => Number.isFinite(Number(label)))) return (a, b) => Number(a.label) - Number(b.label);
  return (a, b) => b.count - a.count || (a.label < b.label ? -1 : 1);
}

function keepSelected(buckets: readonly FacetBucket[]): readonly FacetBucket[] {
  if (buckets.length <= maxBuckets) return buckets;
  return buckets.filter(({ selected }, at) => at < maxBuckets || selected);
}

function booleanLabel(label: string, meta: AttributeMeta | undefined): string {
  if (meta?.input !== "boolean") return label;
  return label === "true" ? "Yes" : label === "false" ? "No" : label;
}

function numberFacet(context: FacetContext, attribute: FacetAttribute, counted: readonly number[]): Facet {
  const { values, retrieved } = context;
  const numbers = new Float64Array(counted.reduce((sum, id) => sum + (retrieved.counts[id] ?? 0), 0));
  let end = 0;
  for (const id of counted) {
    numbers.fill(values.number(id), end, end + (retrieved.counts[id] ?? 0));
    end += retrieved.counts[id] ?? 0;
  }
  return rangeFacet(context, attribute.code, numbers, 1, 1e-6);
}

function priceFacet(context: FacetContext): Facet {
  return rangeFacet(context, "price", context.retrieved.prices, context.priceScale, context.priceScale);
}

function rangeFacet(
  context: FacetContext,
  code: string,
  numbers: Float64Array,
  scale: number,
  smallest: number,
): Facet {
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
  const buckets = rangeBuckets(numbers, maxRanges, smallest).map(({ from, to, count }) =>
    bucket(tidy(from), to === undefined ? undefined : tidy(to), count),
  );
  for (const { from, to } of chosen) {
    if (buckets.some((each) => each.from === from && each.to === to)) continue;
    const inside = numbers.reduce(
      (sum, value) =>
        sum +
        (value >= (from ?? Number.NEGATIVE_INFINITY) * scale && value < (to ?? Number.POSITIVE_INFINITY) * scale
          ? 1
          : 0),
      0,
    );
    buckets.push(bucket(from, to, inside));
  }
  return { attribute: code, label: labelOf(code, context.snapshot.attributes.get(code)), type: "ranges", buckets };
}

/** Children of the category in view, and the way down to what is chosen. */
function categoryFacet(context: FacetContext, attribute: FacetAttribute): Facet {
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
    label: "Categories",
    type: "categories",
    buckets: below(scope ?? "").slice(0, maxBuckets),
  };
}

/** Attributes that split the results best: they cover many of them with evenly spread values. */
function automaticFacets({ values, retrieved, snapshot }: FacetContext): readonly string[] {
  const scored: { code: string; score: number }[] = [];
  for (const attribute of values.attributes()) {
    const meta = snapshot.attributes.get(attribute.code);
    if (neverAutomatic.has(attribute.code) || (meta && !meta.filterable && !meta.filterableInSearch)) continue;
    if (meta?.input === "date") continue;
    const counts = attribute.valueIds.flatMap((id) => retrieved.counts[id] || []);
    const sum = counts.reduce((total, count) => total + count, 0);
    if (counts.length < 2 && (counts.length === 0 || sum >= retrieved.total)) continue;
    const entropy = counts.reduce((total, count) => total - (count / sum) * Math.log(count / sum), 0);
    scored.push({
      code: attribute.code,
      score: Math.min(1, sum / Math.max(1, retrieved.total)) * (0.1 + Math.min(entropy, 3)),
    });
  }
  scored.sort((a, b) => b.score - a.score || (a.code < b.code ? -1 : 1));
  return ["categories", "price", ...scored.slice(0, maxAutomatic).map(({ code }) => code)];
}
