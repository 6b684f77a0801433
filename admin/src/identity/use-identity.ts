import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, remove } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { showDone, showError } from "../ui/toasts.ts";
import type { Figures, Identifier, IdentityReport, Quarantined, Separation } from "./shapes.ts";

const m = messages.identity;

export function useIdentityReport(days: number) {
  return useQuery({
    queryKey: ["identity", "report", days],
    queryFn: ({ signal }) => get<IdentityReport>("/v1/identity/report", { days }, { signal }),
  });
}

function usePages<T>(part: string) {
  return useInfiniteQuery({
    queryKey: ["identity", part],
    queryFn: ({ pageParam, signal }) =>
      get<Page<T>>(`/v1/identity/${part}`, { cursor: pageParam, limit: 20 }, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor || undefined,
  });
}

export const useQuarantine = () => usePages<Quarantined>("quarantine");
export const useSeparations = () => usePages<Separation>("separations");

export function useRelease() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ namespace, value }: Identifier) =>
      post<unknown>("/v1/identity/quarantine/release", { namespace, value }),
    onSuccess: () => {
      showDone(m.report.released);
      return client.invalidateQueries({ queryKey: ["identity"] });
    },
    onError: showError,
  });
}

export function useRemoveSeparation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove<unknown>(`/v1/identity/separations/${encodeURIComponent(id)}`),
    onSuccess: () => {
      showDone(m.report.removed);
      return client.invalidateQueries({ queryKey: ["identity"] });
    },
    onError: showError,
  });
}

export type SplitInput = { readonly identifiers: readonly Identifier[]; readonly since?: string };
/** A side is null where there is no profile; `otherProfileId` is the one that is made or that goes. */
export type Correction = {
  readonly profileId: string;
  readonly otherProfileId: string | null;
  readonly before: { readonly profile: Figures; readonly other: Figures | null };
  readonly after: { readonly profile: Figures; readonly other: Figures | null };
};

const pathOf = (profileId: string, verb: string) => `/v1/profiles/${encodeURIComponent(profileId)}/${verb}`;

/** What a correction would change; nothing is asked before the input is complete. */
export function useCorrectionPreview(profileId: string, verb: "split" | "merge", input: object | null) {
  return useQuery({
    queryKey: ["identity", "preview", profileId, verb, input],
    queryFn: ({ signal }) => post<Correction>(pathOf(profileId, verb), { ...input, dryRun: true }, { signal }),
    enabled: input !== null,
    retry: false,
    staleTime: 0,
  });
}

/** Splits or merges; everything that shows a profile is read again. */
export function useCorrection(profileId: string, verb: "split" | "merge") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: object) => post<Correction>(pathOf(profileId, verb), input),
    onSuccess: async () => {
      showDone(m[verb].done);
      for (const key of ["profile", "identity-history", "timeline", "identity", "duplicates"])
        await client.invalidateQueries({ queryKey: [key] });
      await client.invalidateQueries({ queryKey: ["list", "/v1/profiles"] });
    },
  });
}
