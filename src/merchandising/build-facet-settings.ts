import type { FacetSetting } from "../search/index.ts";
import { defaultMaxValues, type FacetBody } from "./facet.ts";

/** @param facets of several for one attribute, the first counts */
export function buildFacetSettings(facets: readonly FacetBody[]): readonly FacetSetting[] {
  const byAttribute = new Map<string, FacetBody>();
  for (const facet of facets) if (!byAttribute.has(facet.attribute)) byAttribute.set(facet.attribute, facet);
  return [...byAttribute.values()]
    .sort(
      (a, b) =>
        Number(b.pinned ?? false) - Number(a.pinned ?? false) ||
        (a.position ?? 0) - (b.position ?? 0) ||
        (a.attribute < b.attribute ? -1 : 1),
    )
    .map(({ attribute, label, pinned = false, sort = "count", maxValues = defaultMaxValues, ranges }) => ({
      attribute,
      ...(label === undefined ? {} : { label }),
      isPinned: pinned,
      sort,
      maxValues,
      ...(ranges === undefined
        ? {}
        : { ranges: ranges.kind === "auto" ? { kind: "auto" as const, count: maxValues } : ranges }),
    }));
}
