import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put } from "../../api/client.ts";
import type { Review, Variant, VariationRun } from "./shapes.ts";

const base = "/v1/content-variations";
const pollMs = 1_500;

export function useModel() {
  return useQuery({
    queryKey: ["variation-model"],
    queryFn: ({ signal }) => get<{ isConfigured: boolean; name: string | null }>(`${base}/model`, {}, { signal }),
    staleTime: 5 * 60_000,
  });
}

/** A run with its variations; asks again as long as the model writes. */
export function useRun(id: string) {
  return useQuery({
    queryKey: ["variation-run", id],
    queryFn: ({ signal }) => get<Review>(`${base}/${id}`, {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.run.status === "running" ? pollMs : false),
    staleTime: 0,
  });
}

type Common = {
  readonly block: string;
  readonly field: string;
  readonly locale: string;
  readonly storeViews?: readonly string[];
};
export type Generate = Common & {
  readonly audiences: readonly (string | null)[];
  readonly count: number;
  readonly instructions: string;
};
export type Manual = Common & { readonly audience: string | null; readonly texts: readonly string[] };

export function useNewRun() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["list", base] });
  const generate = useMutation({
    mutationFn: (request: Generate) => post<{ runs: readonly VariationRun[] }>(base, request),
    onSuccess: refresh,
  });
  const write = useMutation({
    mutationFn: (request: Manual) => post<Review>(`${base}/manual`, request),
    onSuccess: refresh,
  });
  return { generate, write };
}

type Step = { readonly variant: Variant; readonly step: "accept" | "reject" | "apply"; readonly note?: string };

/** Steps of a review. Putting one into the draft changes its block. */
export function useReview(runId: string) {
  const client = useQueryClient();
  const pathOf = ({ id }: Variant) => `${base}/${runId}/variants/${id}`;
  const refresh = () => client.invalidateQueries({ queryKey: ["variation-run", runId] });
  const act = useMutation({
    mutationFn: ({ variant, step, note }: Step) =>
      post<Variant>(`${pathOf(variant)}/${step}`, step === "apply" ? {} : { note: note ?? "" }),
    onSettled: async (_answer, _error, { step }) => {
      await refresh();
      if (step === "apply") await client.invalidateQueries({ queryKey: ["definition", "block"] });
    },
  });
  const edit = useMutation({
    mutationFn: ({ variant, content }: { variant: Variant; content: string }) =>
      put<Variant>(pathOf(variant), { content }),
    onSuccess: refresh,
  });
  return { act, edit };
}
