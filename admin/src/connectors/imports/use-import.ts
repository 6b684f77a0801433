import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put } from "../../api/client.ts";
import type { FileSettings, Import, ImportMode, Reconciliation } from "./shapes.ts";

const whileRunningMs = 1000;
const whileUnsettledMs = 2000;

export const importKey = (id: string) => ["import", id] as const;

/** @param isExpected it was started just now, and may wait for another one to end */
export function useImport(id: string, isExpected = false) {
  return useQuery({
    queryKey: importKey(id),
    queryFn: ({ signal }) => get<Import>(`/v1/imports/${encodeURIComponent(id)}`, {}, { signal }),
    refetchInterval: ({ state }) => {
      const status = state.data?.status;
      return status === "running" || (isExpected && status === "preview") ? whileRunningMs : false;
    },
  });
}

export type ImportAction = "start" | "pause" | "cancel";

export function useImportActions(id: string) {
  const client = useQueryClient();
  const onSuccess = (answer: Import) => {
    client.setQueryData(importKey(id), answer);
    return client.invalidateQueries({ queryKey: ["list", "/v1/imports"] });
  };
  const path = `/v1/imports/${encodeURIComponent(id)}`;
  const act = useMutation({ mutationFn: (action: ImportAction) => post<Import>(`${path}/${action}`), onSuccess });
  const configure = useMutation({
    mutationFn: (change: { readonly mode?: ImportMode; readonly settings?: FileSettings }) =>
      put<Import>(`${path}/mapping`, change),
    onSuccess,
  });
  return { act, configure };
}

export function useReconciliation(id: string) {
  return useQuery({
    queryKey: ["import-reconciliation", id],
    queryFn: ({ signal }) =>
      get<Reconciliation>(`/v1/imports/${encodeURIComponent(id)}/reconciliation`, {}, { signal }),
    refetchInterval: ({ state }) => (state.data && !state.data.isSettled ? whileUnsettledMs : false),
  });
}
