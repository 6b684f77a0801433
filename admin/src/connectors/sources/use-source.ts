import { type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, patch, post, remove } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";
import type { Run, SecretPatch, Source, SourceConfig, SourceTest } from "./shapes.ts";
import { toInput } from "./source-config.ts";

const pathOf = (key: string) => `/v1/sources/${encodeURIComponent(key)}`;
const sourceKey = (key: string) => ["source", key] as const;
const runsKey = (key: string) => ["source-runs", key] as const;
const whileRunningMs = 2000;
const runsPerPage = 20;

export function useSource(key: string) {
  return useQuery({
    queryKey: sourceKey(key),
    queryFn: ({ signal }) => get<Source>(pathOf(key), {}, { signal }),
    refetchInterval: 15_000,
  });
}

/** @param isExpected a run was asked for and may not have begun */
export function useRuns(key: string, isExpected: boolean) {
  return useInfiniteQuery({
    queryKey: runsKey(key),
    queryFn: ({ pageParam, signal }) =>
      get<Page<Run>>(`${pathOf(key)}/runs`, { limit: runsPerPage, cursor: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ({ state }) => {
      const isRunning = state.data?.pages[0]?.items.some((run) => run.state === "running");
      return isRunning || isExpected ? whileRunningMs : 15_000;
    },
  });
}

export function useLastRun(key: string) {
  return useQuery({
    queryKey: [...runsKey(key), "last"],
    queryFn: async ({ signal }) =>
      (await get<Page<Run>>(`${pathOf(key)}/runs`, { limit: 1 }, { signal })).items[0] ?? null,
  });
}

export type SourceDraft = {
  readonly name: string;
  readonly config: SourceConfig;
  readonly secrets: SecretPatch;
};

function renew(client: QueryClient, source: Source) {
  client.setQueryData(sourceKey(source.key), source);
  return client.invalidateQueries({ queryKey: ["list", "/v1/sources"] });
}

export function useCreateSource() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, name, config, secrets }: SourceDraft & { readonly key: string }) =>
      post<Source>("/v1/sources", { key, name, config: toInput(config), secrets }),
    onSuccess: (source) => renew(client, source),
  });
}

export function useSourceActions(source: Source) {
  const client = useQueryClient();
  const ifMatch = { headers: { "if-match": `"${source.etag}"` } };
  const onSuccess = (answer: Source) => renew(client, answer);
  return {
    save: useMutation({
      mutationFn: ({ config, ...draft }: Partial<SourceDraft> & { readonly restart?: boolean }) =>
        patch<Source>(pathOf(source.key), { ...draft, ...(config ? { config: toInput(config) } : {}) }, ifMatch),
      onSuccess,
    }),
    setStatus: useMutation({
      mutationFn: (action: "pause" | "resume") => post<Source>(`${pathOf(source.key)}/${action}`),
      onSuccess,
    }),
    run: useMutation({
      mutationFn: () => post<unknown>(`${pathOf(source.key)}/run`),
      onSuccess: () => client.invalidateQueries({ queryKey: runsKey(source.key) }),
    }),
    test: useMutation({ mutationFn: () => post<SourceTest>(`${pathOf(source.key)}/test`) }),
    remove: useMutation({
      mutationFn: () => remove<unknown>(pathOf(source.key)),
      onSuccess: () => client.invalidateQueries({ queryKey: ["list", "/v1/sources"] }),
    }),
  };
}
