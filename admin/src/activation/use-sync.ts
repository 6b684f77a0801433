import { type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { get, patch, post, remove } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import type { Sync, SyncConfig, SyncCounts, SyncLetter, SyncRun } from "./shapes.ts";

export const syncsPath = "/v1/audience-syncs";
const pathOf = (key: string) => `${syncsPath}/${encodeURIComponent(key)}`;
const freshMs = 5_000;
/** While everybody is looked at, its progress moves. */
const sweepingMs = 1_500;

export function useSync(key: string) {
  return useQuery({
    queryKey: ["sync", key],
    queryFn: ({ signal }) => get<Sync>(pathOf(key), {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.state.sweep ? sweepingMs : freshMs),
  });
}

/** Counts and runs are read again as soon as the sync itself tells of a change. */
export function useRenewedParts({ key, state: { entered, exited, failed, health } }: Sync): void {
  const client = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of one of them is the reason
  useEffect(() => {
    for (const part of ["counts", "runs", "dead-letters"]) {
      void client.invalidateQueries({ queryKey: ["sync", key, part] });
    }
  }, [client, key, entered, exited, failed, health]);
}

export function useSyncCounts(key: string) {
  return useQuery({
    queryKey: ["sync", key, "counts"],
    queryFn: ({ signal }) => get<SyncCounts>(`${pathOf(key)}/counts`, {}, { signal }),
    refetchInterval: freshMs,
  });
}

function usePages<T>(key: string, part: "runs" | "dead-letters") {
  return useInfiniteQuery({
    queryKey: ["sync", key, part],
    queryFn: ({ pageParam, signal }) =>
      get<Page<T>>(`${pathOf(key)}/${part}`, { limit: 20, cursor: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: freshMs,
  });
}

export const useSyncRuns = (key: string) => usePages<SyncRun>(key, "runs");
export const useSyncLetters = (key: string) => usePages<SyncLetter>(key, "dead-letters");

export type SyncDraft = {
  readonly name: string;
  readonly config: SyncConfig;
  readonly secrets: Readonly<Record<string, string>>;
};

const renewList = (client: QueryClient) => client.invalidateQueries({ queryKey: ["list", syncsPath] });

function renew(client: QueryClient, sync: Sync) {
  client.setQueryData(["sync", sync.key], sync);
  return renewList(client);
}

export function useCreateSync() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: SyncDraft & { readonly key: string }) => post<Sync>(syncsPath, draft),
    onSuccess: (sync) => renew(client, sync),
  });
}

export function useSyncActions(sync: Sync) {
  const client = useQueryClient();
  const path = pathOf(sync.key);
  const onSuccess = (answer: Sync) => renew(client, answer);
  const ifMatch = { headers: { "if-match": `"${sync.etag}"` } };
  return {
    save: useMutation({ mutationFn: (draft: SyncDraft) => patch<Sync>(path, draft, ifMatch), onSuccess }),
    setStatus: useMutation({ mutationFn: (action: "pause" | "resume") => post<Sync>(`${path}/${action}`), onSuccess }),
    resync: useMutation({ mutationFn: () => post<Sync>(`${path}/resync`), onSuccess }),
    replay: useMutation({
      mutationFn: (letter: string | null) =>
        post<{ replayed: number }>(
          letter === null ? `${path}/dead-letters/replay` : `${path}/dead-letters/${letter}/replay`,
        ),
      onSuccess: () => client.invalidateQueries({ queryKey: ["sync", sync.key] }),
    }),
    remove: useMutation({ mutationFn: () => remove<unknown>(path), onSuccess: () => renewList(client) }),
  };
}
