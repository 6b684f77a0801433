import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put, remove } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { showDone, showError } from "../ui/toasts.ts";
import type {
  Identifier,
  IdentityReport,
  IdentitySettings,
  MergeAnswer,
  Quarantined,
  Separation,
  SplitAnswer,
} from "./shapes.ts";

const m = messages.identity;

export function useIdentityReport(days: number) {
  return useQuery({
    queryKey: ["identity", "report", days],
    queryFn: ({ signal }) => get<IdentityReport>("/v1/identity/report", { days }, { signal }),
  });
}

export function usePages<T>(part: string) {
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
export type MergeInput = { readonly with: string };

const pathOf = (profileId: string, verb: string) => `/v1/profiles/${encodeURIComponent(profileId)}/${verb}`;

function usePreview<A>(profileId: string, verb: "split" | "merge", input: object | null) {
  return useQuery({
    queryKey: ["identity", "preview", profileId, verb, input],
    queryFn: ({ signal }) => post<A>(pathOf(profileId, verb), { ...input, dryRun: true }, { signal }),
    enabled: input !== null,
    retry: false,
    staleTime: 0,
  });
}

/** What a split would change; nothing is asked before something is chosen. */
export const useSplitPreview = (profileId: string, input: SplitInput | null) =>
  usePreview<SplitAnswer>(profileId, "split", input);
export const useMergePreview = (profileId: string, input: MergeInput | null) =>
  usePreview<MergeAnswer>(profileId, "merge", input);

function useCorrection<I extends object, A>(profileId: string, verb: "split" | "merge") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: I) => post<A>(pathOf(profileId, verb), input),
    // Everything that shows a profile is read again.
    onSuccess: async () => {
      showDone(m[verb].done);
      for (const key of ["profile", "identity-history", "timeline", "identity", "duplicates"])
        await client.invalidateQueries({ queryKey: [key] });
      await client.invalidateQueries({ queryKey: ["list", "/v1/profiles"] });
    },
  });
}

export const useSplit = (profileId: string) => useCorrection<SplitInput, SplitAnswer>(profileId, "split");
export const useMerge = (profileId: string) => useCorrection<MergeInput, MergeAnswer>(profileId, "merge");

const settingsPath = "/v1/identity/settings";

export function useIdentitySettings() {
  return useQuery({
    queryKey: ["identity", "settings"],
    queryFn: ({ signal }) => get<IdentitySettings>(settingsPath, {}, { signal }),
  });
}

export function useSaveIdentitySettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (settings: IdentitySettings) => put<IdentitySettings>(settingsPath, settings),
    onSuccess: () => {
      showDone(m.settings.saved);
      return client.invalidateQueries({ queryKey: ["identity", "settings"] });
    },
  });
}
