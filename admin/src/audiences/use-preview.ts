import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, post } from "../api/client.ts";
import type { Json } from "../api/shapes.ts";
import { useDebounced } from "../ui/use-debounced.ts";

export type Estimate = {
  readonly count: number;
  /** 0..1 of all profiles. */
  readonly share: number;
  readonly total: number;
  /** sampled: the time limit came first; in_call: the rule looks at the request, so nobody is a member beforehand. */
  readonly exactness: "exact" | "sampled" | "in_call";
  /** Half width of the interval, in people; 0 when exact. */
  readonly margin: number;
  /** 0..1, of the interval. */
  readonly confidence?: number;
  readonly sample: readonly Sample[];
  readonly warnings?: readonly string[];
  /** Of the exact count that goes on in the background. */
  readonly estimateId?: string;
};

type ExactCount = {
  readonly status: "computing" | "live" | "failed";
  readonly done: number;
  readonly total: number;
  readonly count: number | null;
};

/** Who a rule is asked about. */
export type Selection = {
  readonly rule: Json;
  readonly appliesTo?: string | undefined;
  readonly timezone?: string | undefined;
  /** Null = all of them. */
  readonly storeViews?: readonly string[] | null;
};

export type Sample = { readonly profileId: string; readonly label: string };

const settleMs = 500;
const pollMs = 1000;

/**
 * Counts who a rule selects, half a second after its last change; the count of the rule before is called off.
 *
 * @param isExact however long it takes: `estimateId` of the answer then tells of the exact count
 */
export function useEstimate(selection: Selection, isExact = false) {
  const text = JSON.stringify(selection);
  const settled = useDebounced(text, settleMs);
  const query = useQuery({
    queryKey: ["estimate", settled, isExact],
    queryFn: ({ signal }) => {
      const body = { ...(JSON.parse(settled) as Selection), ...(isExact ? { exact: true } : {}) };
      return post<Estimate>("/v1/audiences/preview", body, { signal });
    },
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 30_000,
  });
  return { ...query, isBehind: query.isPlaceholderData || query.isFetching || settled !== text };
}

/** How far an exact count has come, asked every second until it is there. */
export function useExactCount(estimateId: string | undefined) {
  return useQuery({
    queryKey: ["exact-count", estimateId],
    queryFn: ({ signal }) =>
      get<ExactCount>(`/v1/audience-estimates/${encodeURIComponent(estimateId ?? "")}`, {}, { signal }),
    enabled: estimateId !== undefined,
    retry: false,
    refetchInterval: ({ state }) => (state.data?.status === "computing" ? pollMs : false),
  });
}
