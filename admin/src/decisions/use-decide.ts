import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { post } from "../api/client.ts";
import type { JsonObject } from "../api/shapes.ts";
import { useStoreView } from "../shell/use-store-views.ts";
import type { DecideAnswer } from "./shapes.ts";

/** As whom and when to look; null fields = nobody, now, any device. */
export type Viewpoint = {
  readonly profileId: string | null;
  readonly device: string | null;
  readonly asOf: string | null;
  /** The product that a product page would be about. */
  readonly sku: string | null;
};

export const nobody: Viewpoint = { profileId: null, device: null, asOf: null, sku: null };

/** What is decided at some placements, explained. A preview: it leaves no exposure behind. */
export function useDecide(placements: readonly string[], viewpoint: Viewpoint) {
  const storeView = useStoreView();
  const { profileId, device, asOf, sku } = viewpoint;
  const context: JsonObject = { ...(storeView ? { storeView } : {}), ...(sku ? { sku } : {}) };
  const request = {
    identity: profileId ? { profileId } : {},
    placements,
    explain: true,
    context,
    ...(profileId || device ? { as: { ...(profileId ? { profileId } : {}), ...(device ? { device } : {}) } } : {}),
    ...(asOf ? { asOf: new Date(asOf).toISOString() } : {}),
  };
  return useQuery({
    queryKey: ["decide", request],
    queryFn: ({ signal }) => post<DecideAnswer>("/v1/decide", request, { signal }),
    enabled: placements.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
}
