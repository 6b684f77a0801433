import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post } from "../api/client.ts";
import type { Json, Page } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { showDone, showError } from "../ui/toasts.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import type { TraitBody } from "./trait-body.ts";

export type TraitStatus = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly version: number;
  /** As rules name it. */
  readonly path: string;
  readonly type: string;
  readonly status: "computing" | "live" | "failed";
  /** 0..1 */
  readonly progress: number;
  /** Events counted, of so many. */
  readonly done: number;
  readonly total: number;
  readonly computedThrough: string | null;
  readonly reason: string | null;
};

export type TraitPreview = {
  readonly profileId: string;
  readonly value: Json;
  readonly at: string | null;
  readonly flags: readonly string[];
  readonly skipped?: number;
};

const traitsKey = ["traits"];
const pollMs = 2000;

/**
 * Live traits with how far they are counted; read again every two seconds while one is being counted.
 *
 * @param awaited a version that has just been published: read again until the list knows it
 */
export function useTraits(awaited?: { readonly key: string; readonly version: number }) {
  const isKnown = (items: readonly TraitStatus[]) =>
    awaited === undefined || items.some(({ key, version }) => key === awaited.key && version >= awaited.version);
  return useQuery({
    queryKey: traitsKey,
    queryFn: ({ signal }) => get<Page<TraitStatus>>("/v1/traits", {}, { signal }),
    refetchInterval: ({ state: { data } }) =>
      data && (!isKnown(data.items) || data.items.some(({ status }) => status === "computing")) ? pollMs : false,
  });
}

export function useRestartTrait() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => post<TraitStatus>(`/v1/traits/${encodeURIComponent(key)}/restart`),
    onSuccess: () => {
      showDone(messages.traits.status.restarted);
      return client.invalidateQueries({ queryKey: traitsKey });
    },
    onError: showError,
  });
}

/** What a draft would say, half a second after its last change: of one person, or of twenty. */
export function useTraitPreview(key: string, body: TraitBody, profile: string | null) {
  const request = JSON.stringify({ key, body, ...(profile === null ? {} : { profile }) });
  const settled = useDebounced(request, 500);
  const query = useQuery({
    queryKey: ["trait-preview", settled],
    queryFn: ({ signal }) => post<Page<TraitPreview>>("/v1/traits/preview", JSON.parse(settled), { signal }),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 10_000,
  });
  return { ...query, isBehind: query.isPlaceholderData || query.isFetching || settled !== request };
}
