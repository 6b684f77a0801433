import { useQueries } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { Definition } from "../../api/shapes.ts";
import type { OfferPlacementBody } from "./shapes.ts";

/** Names of the places behind the keys of offer placements, as decisions know them. */
export function usePlaceNames(keys: readonly string[]): readonly string[] {
  const known = [...new Set(keys)].filter((key) => key !== "");
  return useQueries({
    queries: known.map((key) => ({
      queryKey: ["definition", "offer-placement", key, "document"],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<Definition<OfferPlacementBody>>(
          `/v1/definitions/offer-placement/${encodeURIComponent(key)}`,
          {},
          { signal },
        ),
    })),
  }).flatMap(({ data }) => (data ? [data.body.placement] : []));
}
