import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put } from "../api/client.ts";
import type { Definition, DefinitionSummary, Page } from "../api/shapes.ts";
import { hasDraft } from "../definitions/draft-state.ts";
import type { FacetBody } from "./facet-form.tsx";

const path = "/v1/definitions/facet";
const pathOf = (id: string) => `${path}/${encodeURIComponent(id)}`;
const maxFacets = 200;

export type PinnedFacet = Definition<FacetBody>;

/** Facets that are always shown, in their order. Archived ones are not shown at all. */
export function usePinnedFacets() {
  return useQuery({
    queryKey: ["pinned-facets"],
    queryFn: async ({ signal }): Promise<readonly PinnedFacet[]> => {
      const { items } = await get<Page<DefinitionSummary>>(path, { limit: maxFacets }, { signal });
      const shown = items.filter(({ status }) => status !== "archived");
      const facets = await Promise.all(shown.map(({ id }) => get<PinnedFacet>(pathOf(id), {}, { signal })));
      return facets
        .filter(({ body }) => body.pinned)
        .sort((a, b) => placeOf(a) - placeOf(b) || (a.key < b.key ? -1 : 1));
    },
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}

const placeOf = ({ body }: PinnedFacet) => body.position ?? 0;

/** Gives facets the places of a list. What was live without a draft is live again with its new place; drafts stay drafts. */
export function useFacetOrder() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (facets: readonly PinnedFacet[]): Promise<number> => {
      const moved = facets.flatMap((facet, place) => (placeOf(facet) === place ? [] : [{ facet, place }]));
      for (const { facet, place } of moved) await move(facet, place);
      return moved.length;
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["list", path] }),
        client.invalidateQueries({ queryKey: ["definition", "facet"] }),
        client.invalidateQueries({ queryKey: ["pinned-facets"] }),
      ]),
  });
}

async function move(facet: PinnedFacet, place: number): Promise<void> {
  const { id, etag, name, body, scope, schedule } = facet;
  const draft = { name, body: { ...body, position: place }, scope, schedule };
  await put(pathOf(id), draft, { headers: { "if-match": `"${etag}"` } });
  if (facet.liveVersion !== null && !hasDraft(facet)) await post(`${pathOf(id)}/publish`, {});
}
