import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { showDone, showError } from "../ui/toasts.ts";
import type { DuplicateReport, Proposal, ProposalDetail } from "./shapes.ts";

const m = messages.duplicates;
export const duplicatesPath = "/v1/duplicates";
const reportKey = ["duplicates", "report"];
const runPollMs = 2000;

/** Counts and runs; read again every two seconds while a comparison is under way. */
export function useDuplicateReport() {
  return useQuery({
    queryKey: reportKey,
    queryFn: ({ signal }) => get<DuplicateReport>(`${duplicatesPath}/report`, {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.lastRun?.status === "running" ? runPollMs : false),
  });
}

export function useDuplicate(id: string) {
  return useQuery({
    queryKey: ["duplicates", "detail", id],
    queryFn: ({ signal }) => get<ProposalDetail>(`${duplicatesPath}/${encodeURIComponent(id)}`, {}, { signal }),
  });
}

export function useRunDuplicates() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => post<{ runId: string }>(`${duplicatesPath}/run`),
    onSuccess: () => {
      showDone(m.started);
      return client.invalidateQueries({ queryKey: reportKey });
    },
    onError: showError,
  });
}

/** Merges or dismisses one pair; everything that showed it, or one of the two, is read again. */
export function useDecideDuplicate(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (verb: "merge" | "dismiss") => post<Proposal>(`${duplicatesPath}/${encodeURIComponent(id)}/${verb}`),
    onSuccess: async (_answer, verb) => {
      showDone(verb === "merge" ? m.detail.merged : m.detail.dismissed);
      await client.invalidateQueries({ queryKey: ["duplicates"] });
      await client.invalidateQueries({ queryKey: ["list", duplicatesPath] });
      await client.invalidateQueries({ queryKey: ["profile"] });
    },
    onError: showError,
  });
}
