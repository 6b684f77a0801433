import type { CatalogSnapshot } from "../../catalog/index.ts";
import type { Segment } from "../indexing/segment.ts";
import type { Retrieved } from "../retrieval/retrieve.ts";
import type { FacetAttribute, FacetValues } from "./facet-values.ts";

// Telling facets first, popular ones behind them. An attribute tells something about a result when the result's products
// have it more often than the catalog's do, and its values split them: significance = lift of coverage × entropy of the
// values. Lift alone would choose what two of a hundred products have, so a telling facet must reach some of them.

export type ChosenFacet = { readonly code: string; readonly choice: "intelligent" | "popular" };

const maxChosen = 12;
const maxIntelligent = 6;
/** Share of the result that a telling facet must cover. */
const minCoverage = 0.2;
const minLift = 1.2;
/** Products looked at for the catalog's share of an attribute, a segment: 50,000 give it to half a per cent. */
const sampledDocuments = 50_000;
const neverChosen: ReadonlySet<string> = new Set(["type", "inStock", "visibility", "categories"]);

export function chooseFacets(deps: {
  readonly values: FacetValues;
  readonly retrieved: Pick<Retrieved, "segments" | "counts" | "total">;
  readonly snapshot: Pick<CatalogSnapshot, "attributes">;
  readonly size: number;
  readonly leftOut: ReadonlySet<string>;
}): readonly ChosenFacet[] {
  const { values, retrieved, snapshot, size, leftOut } = deps;
  const usage = usageByAttribute(retrieved.segments, values);
  const scored: { code: string; significance: number; popularity: number }[] = [];
  for (const attribute of values.attributes()) {
    const meta = snapshot.attributes.get(attribute.code);
    if (neverChosen.has(attribute.code) || leftOut.has(attribute.code)) continue;
    if (meta && ((!meta.filterable && !meta.filterableInSearch) || meta.input === "date")) continue;
    const spread = spreadOf(attribute, retrieved);
    if (!spread) continue;
    const { coverage, entropy } = spread;
    const usual = Math.min(1, (usage.get(attribute.index) ?? 0) / Math.max(1, size));
    const lift = usual > 0 ? coverage / usual : 0;
    scored.push({
      code: attribute.code,
      significance: coverage >= minCoverage && lift >= minLift ? lift * entropy : 0,
      popularity: coverage * (0.1 + Math.min(entropy, 3)),
    });
  }
  const byCode = (a: { code: string }, b: { code: string }) => (a.code < b.code ? -1 : 1);
  const telling = scored
    .filter(({ significance }) => significance > 0)
    .sort((a, b) => b.significance - a.significance || byCode(a, b))
    .slice(0, maxIntelligent);
  const popular = scored
    .filter((each) => !telling.includes(each))
    .sort((a, b) => b.popularity - a.popularity || byCode(a, b))
    .slice(0, maxChosen - telling.length);
  return [
    ...telling.map(({ code }) => ({ code, choice: "intelligent" as const })),
    ...popular.map(({ code }) => ({ code, choice: "popular" as const })),
  ];
}

/** Share of the result that has the attribute and how its values spread; undefined when it cannot split the result. */
function spreadOf({ valueIds }: FacetAttribute, { counts, total }: Pick<Retrieved, "counts" | "total">) {
  let kinds = 0;
  let sum = 0;
  for (const id of valueIds) {
    const count = counts[id] ?? 0;
    if (count === 0) continue;
    kinds += 1;
    sum += count;
  }
  if (kinds === 0 || (kinds === 1 && sum >= total)) return undefined;
  let entropy = 0;
  for (const id of valueIds) {
    const count = counts[id] ?? 0;
    if (count > 0) entropy -= (count / sum) * Math.log(count / sum);
  }
  return { coverage: Math.min(1, sum / Math.max(1, total)), entropy };
}

const usageBySegment = new WeakMap<Segment, ReadonlyMap<number, number>>();

/** Values of each attribute over the catalog; counted once a segment, so deletions since then count still. */
function usageByAttribute(segments: readonly Segment[], values: FacetValues): ReadonlyMap<number, number> {
  const all = new Map<number, number>();
  for (const segment of segments) {
    let usage = usageBySegment.get(segment);
    if (!usage) {
      usage = countUsage(segment, values);
      usageBySegment.set(segment, usage);
    }
    for (const [owner, count] of usage) all.set(owner, (all.get(owner) ?? 0) + count);
  }
  return all;
}

function countUsage(segment: Segment, values: FacetValues): ReadonlyMap<number, number> {
  const stride = Math.max(1, Math.floor(segment.size / sampledDocuments));
  const usage = new Map<number, number>();
  for (let doc = 0; doc < segment.size; doc += stride) {
    const end = segment.valueStarts[doc + 1] ?? 0;
    for (let at = segment.valueStarts[doc] ?? 0; at < end; at += 1) {
      const owner = values.owner(segment.valueIds[at] ?? 0);
      usage.set(owner, (usage.get(owner) ?? 0) + stride);
    }
  }
  return usage;
}
