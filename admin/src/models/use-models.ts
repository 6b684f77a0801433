import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { remove as erase, get, post } from "../api/client.ts";
import { readReport } from "./read-report.ts";
import type { ModelSummary, ModelVersion } from "./shapes.ts";

const modelsPath = "/v1/models";
const pathOf = (key: string) => `${modelsPath}/${encodeURIComponent(key)}`;
const refreshMs = 3_000;

export function isTraining(model: ModelSummary): boolean {
  return model.run?.status === "running" || model.status === "training";
}

export function useModels() {
  return useQuery({
    queryKey: ["models"],
    queryFn: async ({ signal }) => (await get<{ items: readonly ModelSummary[] }>(modelsPath, {}, { signal })).items,
    retry: false,
    refetchInterval: ({ state }) => (state.data?.some(isTraining) ? refreshMs : false),
  });
}

/** While it is trained it is read again every few seconds. */
export function useModel(key: string) {
  return useQuery({
    queryKey: ["models", key],
    queryFn: ({ signal }) => get<ModelSummary>(pathOf(key), {}, { signal }),
    retry: false,
    refetchInterval: ({ state }) => (state.data && isTraining(state.data) ? refreshMs : false),
  });
}

/** @param trainedAt a new version is read when the model tells of one */
export function useModelVersions(key: string, trainedAt: string | number | null) {
  return useQuery({
    queryKey: ["models", key, "versions", trainedAt],
    queryFn: async ({ signal }) =>
      (await get<{ items: readonly ModelVersion[] }>(`${pathOf(key)}/versions`, {}, { signal })).items,
    retry: false,
  });
}

/** A report never changes. */
export function useModelReport(key: string, version: number | null) {
  return useQuery({
    queryKey: ["models", key, "report", version],
    queryFn: async ({ signal }) =>
      readReport(await get<unknown>(`${pathOf(key)}/versions/${version}/report`, {}, { signal })),
    enabled: version !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useModelActions() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ["models"] });
  const train = useMutation({ mutationFn: (key: string) => post<unknown>(`${pathOf(key)}/train`), onSuccess });
  const cancel = useMutation({ mutationFn: (key: string) => post<unknown>(`${pathOf(key)}/cancel`), onSuccess });
  const promote = useMutation({
    mutationFn: ({ key, version }: { key: string; version: number }) =>
      post<unknown>(`${pathOf(key)}/promote`, { version }),
    onSuccess,
  });
  const lookalike = useMutation({
    mutationFn: (body: { audience: string; share: number }) => post<{ key?: string }>(`${modelsPath}/lookalikes`, body),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (key: string) => erase<null>(pathOf(key)),
    onSuccess: (_nothing, key) => {
      // Its page is still open: asking for it again would show an error.
      client.removeQueries({ queryKey: ["models", key], type: "inactive" });
      return client.invalidateQueries({ queryKey: ["models"], exact: true });
    },
  });
  return { train, cancel, promote, lookalike, remove };
}
