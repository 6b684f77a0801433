import type { FacetValues } from "../facets/facet-values.ts";
import type { Segment } from "../indexing/segment.ts";

/** Documents of the categories of one segment: those of value v are `docs[starts[v] .. starts[v + 1])`. */
type CategoryDocuments = { readonly starts: Uint32Array; readonly docs: Uint32Array };

const documentsBySegment = new WeakMap<Segment, CategoryDocuments>();

/**
 * Documents of a segment in a category, ascending, deleted ones too.
 *
 * Made for all categories at the first call, 30 ms for a million products; 4 bytes a product and category.
 *
 * @param valueId a value of the attribute `categories`
 */
export function documentsOfValue(segment: Segment, valueId: number, values: FacetValues): Uint32Array {
  let known = documentsBySegment.get(segment);
  if (!known) {
    known = turnRound(segment, values);
    documentsBySegment.set(segment, known);
  }
  return known.docs.subarray(known.starts[valueId] ?? 0, known.starts[valueId + 1] ?? 0);
}

function turnRound({ size, valueStarts, valueIds }: Segment, values: FacetValues): CategoryDocuments {
  const category = values.attribute("categories")?.index ?? -1;
  const isCategory = Uint8Array.from({ length: values.size() }, (_, id) => (values.owner(id) === category ? 1 : 0));
  const starts = new Uint32Array(isCategory.length + 1);
  for (let at = 0; at < valueIds.length; at += 1) {
    const id = valueIds[at] as number; // every id is below the number of values
    if (isCategory[id] === 1) starts[id + 1] = (starts[id + 1] as number) + 1;
  }
  for (let id = 0; id < isCategory.length; id += 1)
    starts[id + 1] = (starts[id + 1] as number) + (starts[id] as number);
  const next = starts.slice(0, -1);
  const docs = new Uint32Array(starts[isCategory.length] ?? 0);
  for (let doc = 0; doc < size; doc += 1) {
    const end = valueStarts[doc + 1] as number; // one more start than documents
    for (let at = valueStarts[doc] as number; at < end; at += 1) {
      const id = valueIds[at] as number;
      if (isCategory[id] === 0) continue;
      const place = next[id] as number;
      docs[place] = doc;
      next[id] = place + 1;
    }
  }
  return { starts, docs };
}
