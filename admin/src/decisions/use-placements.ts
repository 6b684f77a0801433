import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";

export type Placement = { readonly placement: string; readonly kinds: readonly string[] };

/** Placements that live definitions or calls have named. */
export function usePlacements() {
  return useQuery({
    queryKey: ["placements"],
    queryFn: async ({ signal }) => (await get<Page<Placement>>("/v1/placements", {}, { signal })).items,
    staleTime: 30_000,
  });
}
