import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { csrfHeaders, get, post, readRefusal, remove } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";
import { instantsOf, type Period } from "../../ui/period.ts";
import type { Code, CouponUses, Generation, ImportReport, NewCodes, Pool, PoolDetail } from "./shapes.ts";

export const poolsPath = "/v1/coupon-pools";
const pathOf = (id: string) => `${poolsPath}/${encodeURIComponent(id)}`;
const pageSize = 100;
/** While codes are made, their number is asked for so often. */
const progressMs = 1_000;
/** A file of ten million codes over a slow line. */
const importMs = 30 * 60_000;

const isUnderWay = ({ status }: Generation) => status === "queued" || status === "running";

export function usePool(id: string) {
  return useQuery({
    queryKey: ["coupon-pool", id],
    queryFn: ({ signal }) => get<PoolDetail>(pathOf(id), {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.generations.some(isUnderWay) ? progressMs : false),
    retry: false,
  });
}

export type CodeFilter = { readonly search: string; readonly used: boolean | undefined };

/** @param made how many codes there are, so that new ones are read */
export function useCodes(id: string, filter: CodeFilter, made: number) {
  return useInfiniteQuery({
    queryKey: ["coupon-codes", id, filter, made],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Code>>(`${pathOf(id)}/codes`, { ...filter, limit: pageSize, cursor: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function usePoolActions(id: string) {
  const client = useQueryClient();
  const onSuccess = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["coupon-pool", id] }),
      client.invalidateQueries({ queryKey: ["coupon-codes", id] }),
    ]);
  const generate = useMutation({
    mutationFn: (codes: NewCodes) => post<Generation>(`${pathOf(id)}/generations`, codes),
    onSuccess,
  });
  const cancel = useMutation({
    mutationFn: (generation: string) =>
      post<Generation>(`${pathOf(id)}/generations/${encodeURIComponent(generation)}/cancel`),
    onSuccess,
  });
  const erase = useMutation({
    mutationFn: (which: { codes: readonly string[] } | { matching: object }) =>
      post<{ deleted: number }>(`${pathOf(id)}/codes/delete`, which),
    onSuccess,
  });
  const importFile = useMutation({ mutationFn: (file: File) => sendCodes(id, file), onSuccess });
  return { generate, cancel, erase, importFile };
}

/** Puts a pool away, brings it back, or deletes it for good. */
export function usePoolLife(id: string) {
  const client = useQueryClient();
  const onSuccess = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["coupon-pool", id] }),
      client.invalidateQueries({ queryKey: ["list", poolsPath] }),
    ]);
  const archive = useMutation({ mutationFn: () => post<Pool>(`${pathOf(id)}/archive`), onSuccess });
  const unarchive = useMutation({ mutationFn: () => post<Pool>(`${pathOf(id)}/unarchive`), onSuccess });
  const erasePool = useMutation({
    mutationFn: () => remove<{ deleted: number }>(pathOf(id)),
    onSuccess: () => client.invalidateQueries({ queryKey: ["list", poolsPath] }),
  });
  return { archive, unarchive, erasePool };
}

export function useNewPool() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (pool: Pick<Pool, "name" | "ruleKey">) => post<Pool>(poolsPath, pool),
    onSuccess: () => client.invalidateQueries({ queryKey: ["list", poolsPath] }),
  });
}

/** The file goes as it is: it may be large, and longer than other requests may take. */
async function sendCodes(id: string, file: File): Promise<ImportReport> {
  const response = await fetch(`${pathOf(id)}/codes/import`, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "text/csv", ...csrfHeaders() },
    credentials: "same-origin",
    signal: AbortSignal.timeout(importMs),
    body: file,
  });
  const text = await response.text();
  if (!response.ok) throw readRefusal(response.status, text);
  // The server checks its answers against the schema of the route.
  return JSON.parse(text) as ImportReport;
}

export type UsesRequest = {
  readonly period: Period;
  readonly step: string;
  readonly groupBy: string;
  readonly ruleKey?: string | undefined;
};

export function useCouponUses({ period, step, groupBy, ruleKey }: UsesRequest) {
  return useQuery({
    queryKey: ["coupon-uses", period, step, groupBy, ruleKey],
    queryFn: async ({ signal }) =>
      (
        await get<{ items: readonly CouponUses[] }>(
          "/v1/coupons/report",
          { ...instantsOf(period, Date.now()), period: step, groupBy, ruleKey },
          { signal },
        )
      ).items,
    enabled: instantsOf(period, Date.now()) !== null,
    retry: false,
  });
}
