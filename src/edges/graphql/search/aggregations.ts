import type { CatalogSnapshot } from "../../../catalog/index.ts";
import type { Facet, FacetBucket, FacetChoice } from "../../../search/index.ts";

export type BucketView =
  | { readonly __typename: "ScalarBucket"; readonly id: string; readonly title: string; readonly count: number }
  | {
      readonly __typename: "RangeBucket";
      readonly title: string;
      readonly from: number;
      readonly to: number | null;
      readonly count: number;
    }
  | { readonly __typename: "StatsBucket"; readonly title: string; readonly min: number; readonly max: number }
  | CategoryBucketView;

type CategoryBucketView = {
  readonly __typename: "CategoryView";
  readonly id: string;
  readonly title: string;
  readonly name: string;
  readonly path: string;
  readonly count: number;
  readonly level: number;
  readonly parentId: string;
  readonly position: number;
  readonly urlKey: string;
  readonly urlPath: string;
  readonly roles: readonly string[];
  readonly children: readonly string[];
  readonly availableSortBy: null;
  readonly defaultSortBy: null;
};

export type AggregationView = {
  readonly attribute: string;
  readonly title: string;
  readonly type: "PINNED" | "INTELLIGENT" | "POPULAR";
  readonly buckets: readonly BucketView[];
};

/** Facets that stand where they were put, and those that were chosen for the result. */
const types = {
  asked: "PINNED",
  pinned: "PINNED",
  intelligent: "INTELLIGENT",
  popular: "POPULAR",
} as const satisfies Record<FacetChoice, AggregationView["type"]>;

/** Facets as the drop-in draws them: by the type of the first bucket, selecting by title or by exact bounds. */
export function aggregations(
  facets: readonly Facet[],
  catalog: Pick<CatalogSnapshot, "attributes" | "categories">,
): readonly AggregationView[] {
  return facets.map((facet) => ({
    attribute: facet.attribute,
    title: facet.label,
    type: types[facet.choice],
    buckets: bucketsOf(facet, catalog),
  }));
}

function bucketsOf(facet: Facet, catalog: Pick<CatalogSnapshot, "attributes" | "categories">): readonly BucketView[] {
  switch (facet.type) {
    case "categories":
      return facet.buckets.map((bucket) => categoryBucket(bucket, catalog));
    case "ranges":
      // Never first: the type of the first bucket decides how the facet is drawn.
      return [...facet.buckets.map(rangeBucket), ...statsBucket(facet)];
    case "values":
      return valueBuckets(facet, catalog);
  }
}

/** The title is the filter value: whole paths, as the original shows them too. */
function categoryBucket({ value, label, count }: FacetBucket, { categories }: Pick<CatalogSnapshot, "categories">) {
  const category = categories.get(value);
  return {
    __typename: "CategoryView",
    id: value,
    title: value,
    name: category?.name ?? label,
    path: value,
    count,
    level: value.split("/").length,
    parentId: value.slice(0, Math.max(0, value.lastIndexOf("/"))),
    position: category?.position ?? 0,
    urlKey: category?.urlKey ?? value.slice(value.lastIndexOf("/") + 1),
    urlPath: value,
    roles: category?.inMenu === false ? [] : ["show_in_plp", "show_in_menu"],
    children: [],
    availableSortBy: null,
    defaultSortBy: null,
  } as const satisfies CategoryBucketView;
}

/** Bounds stand as they are: the client marks what is selected by comparing them with its request. */
function rangeBucket({ from = 0, to, count }: FacetBucket): BucketView {
  const title = to === undefined ? `${boundText(from)}+` : `${boundText(from)}-${boundText(to)}`;
  return { __typename: "RangeBucket", title, from, to: to ?? null, count };
}

function statsBucket({ stats, buckets }: Facet): readonly BucketView[] {
  return stats && buckets.length > 0 ? [{ __typename: "StatsBucket", title: "", ...stats }] : [];
}

function boundText(bound: number): string {
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}

/** Switches read yes and no, which clients show as the facet's title or "Not …". */
function valueBuckets({ attribute, buckets }: Facet, { attributes }: Pick<CatalogSnapshot, "attributes">) {
  const isSwitch =
    attributes.get(attribute)?.input === "boolean" ||
    (buckets.length > 0 && buckets.every(({ value }) => value === "true" || value === "false"));
  return buckets.map(({ value, count }): BucketView => {
    const title = isSwitch ? (value === "true" ? "yes" : value === "false" ? "no" : value) : value;
    return { __typename: "ScalarBucket", id: Buffer.from(value).toString("base64url"), title, count };
  });
}
