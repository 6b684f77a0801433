import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { post } from "../api/client.ts";
import type { Json } from "../api/shapes.ts";
import { useDebounced } from "../ui/use-debounced.ts";

export type Estimate = {
  readonly count: number;
  /** 0..1 of all profiles. */
  readonly share: number;
  readonly total: number;
  /** sampled: the time limit came first; in_call: the rule looks at the request, so nobody is a member beforehand. */
  readonly exactness: "exact" | "sampled" | "in_call";
  /** Half width of the 95 % interval, in people; 0 when exact. */
  readonly margin: number;
  readonly samples: readonly Sample[];
};

export type Sample = { readonly profileId: string; readonly label: string };

/** Counts who a rule selects, half a second after its last change. */
export function useEstimate(rule: Json) {
  const settled = useDebounced(JSON.stringify(rule), 500);
  const query = useQuery({
    queryKey: ["estimate", settled],
    queryFn: ({ signal }) => post<Estimate>("/v1/audiences/preview", { rule: JSON.parse(settled) as Json }, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 30_000,
  });
  return { ...query, isBehind: query.isPlaceholderData || query.isFetching || settled !== JSON.stringify(rule) };
}
