import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, post } from "../api/client.ts";
import { instantsOf, type Period } from "../ui/period.ts";
import type { Attribution, PreviewAnswer, Readiness, UnitFigures } from "./shapes.ts";

/** What a unit shows, with the reasons; a look leaves no exposure. The request is JSON text, so that it is its own key. */
export function usePreview(request: string) {
  return useQuery({
    queryKey: ["recommendations", request],
    queryFn: ({ signal }) => post<PreviewAnswer>("/v1/recommendations", JSON.parse(request), { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** @param name id or key of a live unit, or a strategy */
export function useReadiness(name: string) {
  return useQuery({
    queryKey: ["readiness", name],
    queryFn: ({ signal }) =>
      get<Readiness>(`/v1/recommendations/readiness/${encodeURIComponent(name)}`, {}, { signal }),
    retry: false,
    staleTime: 60_000,
  });
}

export function useUnitFigures(period: Period, attribution: Attribution) {
  return useQuery({
    queryKey: ["unit-figures", period, attribution],
    queryFn: async ({ signal }) =>
      (
        await get<{ items: readonly UnitFigures[] }>(
          "/v1/recommendations/metrics",
          { ...instantsOf(period, Date.now()), attribution },
          { signal },
        )
      ).items,
    enabled: instantsOf(period, Date.now()) !== null,
    staleTime: 60_000,
    retry: false,
  });
}
