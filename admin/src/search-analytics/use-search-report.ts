import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, withParams } from "../api/client.ts";
import type { Definition, DefinitionSummary, JsonObject, Page } from "../api/shapes.ts";
import { useStoreView } from "../shell/use-store-views.ts";
import { instantsOf, type Period } from "../ui/period.ts";
import { draftKey, draftPrefix } from "./draft-key.ts";
import type { NextStepKind, Proposal, QueryList, QueryRow, SearchTotals, ShownProduct } from "./shapes.ts";

/** As many as the server lists. */
const most = 500;
const freshMs = 60_000;
const draftedKinds = ["synonym", "redirect", "search-rule"] as const;

type Part = "" | "/queries" | "/products" | "/proposals";

function useReport<T>(part: Part, period: Period, more: Readonly<Record<string, string | number>> = {}) {
  const storeView = useStoreView();
  return useQuery({
    queryKey: ["search-report", part, period, storeView ?? "", more],
    queryFn: ({ signal }) =>
      get<T>(`/v1/reports/search${part}`, { ...instantsOf(period, Date.now()), storeView, ...more }, { signal }),
    enabled: instantsOf(period, Date.now()) !== null,
    staleTime: freshMs,
    retry: false,
  });
}

export const useSearchTotals = (period: Period) => useReport<SearchTotals>("", period);
export const useQueryRows = (period: Period, list: QueryList) =>
  useReport<{ items: readonly QueryRow[] }>("/queries", period, { list, limit: most });
export const useShownProducts = (period: Period) =>
  useReport<{ items: readonly ShownProduct[] }>("/products", period, { limit: most });
export const useProposals = (period: Period) => useReport<{ items: readonly Proposal[] }>("/proposals", period);

/** The file of a list of queries; written by the server, which keeps spreadsheets from running what shoppers typed. */
export function queriesCsvPath(period: Period, list: QueryList, storeView: string | undefined): string {
  return withParams("/v1/reports/search/queries.csv", {
    ...instantsOf(period, Date.now()),
    storeView,
    list,
    limit: most,
  });
}

export type Made = Pick<DefinitionSummary, "id" | "kind" | "key" | "name" | "status">;

/** What was made of queries before, by query: for all store views, and for the one that is chosen. */
export function useMade(): (query: string) => readonly Made[] {
  const storeView = useStoreView();
  const lists = useQueries({
    queries: draftedKinds.map((kind) => ({
      queryKey: ["made-of-queries", kind],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<Page<Made>>(`/v1/definitions/${kind}`, { search: draftPrefix, limit: 200 }, { signal }),
      staleTime: 30_000,
      retry: false,
    })),
  });
  const all = lists.flatMap(({ data }) => data?.items ?? []).filter(({ status }) => status !== "archived");
  return (query) => {
    const keys = [draftKey(query), draftKey(query, storeView)];
    return all.filter(({ key }) => keys.includes(key));
  };
}

type Draft = { readonly kind: NextStepKind; readonly query: string; readonly name: string; readonly body: JsonObject };

/** Saves what was made of a query as a draft for the store views that the report is about; nothing of it is published. */
export function useMakeDraft() {
  const storeView = useStoreView();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, query, name, body }: Draft) =>
      post<Definition<JsonObject>>(`/v1/definitions/${kind}`, {
        key: draftKey(query, storeView),
        name: name.slice(0, 200),
        body,
        scope: { storeViews: storeView === undefined ? null : [storeView] },
        schedule: null,
      }),
    onSuccess: async (_made, { kind }) => {
      await client.invalidateQueries({ queryKey: ["made-of-queries", kind] });
      await client.invalidateQueries({ queryKey: ["list", `/v1/definitions/${kind}`] });
    },
  });
}
