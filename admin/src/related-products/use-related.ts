import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, post } from "../api/client.ts";
import type { Attribution } from "../recommendations/shapes.ts";
import { instantsOf, type Period } from "../ui/period.ts";
import type { OriginFigures, PreviewedList, Trial } from "./shapes.ts";

/** What a rule would match and display. The request is JSON text, so that it is its own key. */
export function useTrial(request: string) {
  return useQuery({
    queryKey: ["related-trial", request],
    queryFn: ({ signal }) => post<Trial>("/v1/related-products/trial", JSON.parse(request), { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** A list with its reasons; a look leaves no exposure. */
export function useListPreview(request: string) {
  return useQuery({
    queryKey: ["related-preview", request],
    queryFn: ({ signal }) => post<PreviewedList>("/v1/related-products", JSON.parse(request), { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function useRelatedFigures(period: Period, attribution: Attribution) {
  return useQuery({
    queryKey: ["related-figures", period, attribution],
    queryFn: async ({ signal }) =>
      (
        await get<{ items: readonly OriginFigures[] }>(
          "/v1/related-products/report",
          { ...instantsOf(period, Date.now()), attribution },
          { signal },
        )
      ).items,
    enabled: instantsOf(period, Date.now()) !== null,
    staleTime: 60_000,
    retry: false,
  });
}
