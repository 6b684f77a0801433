import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { csrfHeaders, get, post, put, readRefusal, remove } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import type { Answer, Compared, Grade, JudgedQuery, QuerySet, Run, Setting } from "./shapes.ts";

const setsPath = "/v1/relevance/sets";
const pathOf = (key: string, rest = "") => `${setsPath}/${encodeURIComponent(key)}${rest}`;
const importMs = 60_000;

export const exportPath = (key: string): string => pathOf(key, "/judgements.csv");

export function useQuerySets() {
  return useQuery({
    queryKey: ["relevance", "sets"],
    queryFn: async ({ signal }) => (await get<{ items: readonly QuerySet[] }>(setsPath, {}, { signal })).items,
    retry: false,
  });
}

export function useJudgedQueries(key: string) {
  return useQuery({
    queryKey: ["relevance", key, "queries"],
    queryFn: async ({ signal }) =>
      (await get<{ items: readonly JudgedQuery[] }>(pathOf(key, "/queries"), {}, { signal })).items,
    retry: false,
  });
}

export function useAnswer(key: string, query: string) {
  return useQuery({
    queryKey: ["relevance", key, "answer", query],
    queryFn: ({ signal }) => post<Answer>(pathOf(key, "/look"), { query, limit: 20 }, { signal }),
    enabled: query !== "",
    retry: false,
  });
}

export function useRuns(key: string) {
  return useInfiniteQuery({
    queryKey: ["relevance", key, "runs"],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Run>>(pathOf(key, "/runs"), { limit: 50, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    retry: false,
  });
}

export function useRelevanceActions() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ["relevance"] });
  const create = useMutation({
    mutationFn: (set: Pick<QuerySet, "key" | "name" | "description">) => post<QuerySet>(setsPath, set),
    onSuccess,
  });
  const erase = useMutation({
    mutationFn: (key: string) => remove<null>(pathOf(key)),
    // Not awaited: the page of the set is left before its list is read again.
    onSuccess: () => void onSuccess(),
  });
  const judge = useMutation({
    mutationFn: ({ key, ...judgement }: { key: string; query: string; sku: string; grade: Grade | null }) =>
      put<QuerySet>(pathOf(key, "/judgements"), { judgements: [judgement] }),
    onSuccess,
  });
  const take = useMutation({
    mutationFn: ({ key, file }: { key: string; file: File }) => sendCsv(pathOf(key, "/import"), file),
    onSuccess,
  });
  const compare = useMutation({
    mutationFn: ({ key, a, b }: { key: string; a: Setting; b: Setting }) =>
      post<Compared>(pathOf(key, "/compare"), { a, b }),
  });
  const measure = useMutation({ mutationFn: (key: string) => post<Run>(pathOf(key, "/runs"), {}), onSuccess });
  return { create, erase, judge, take, compare, measure };
}

async function sendCsv(path: string, file: File): Promise<QuerySet> {
  const response = await fetch(path, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "text/csv", ...csrfHeaders() },
    credentials: "same-origin",
    signal: AbortSignal.timeout(importMs),
    body: file,
  });
  const text = await response.text();
  if (!response.ok) throw readRefusal(response.status, text);
  // The server checks its answers against the schema of the route.
  return JSON.parse(text) as QuerySet;
}
