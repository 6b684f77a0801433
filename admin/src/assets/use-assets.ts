import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put, remove } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import type { Asset, AssetChange, AssetUse, AssetVersion, Folders, Rendition } from "./shapes.ts";

export type AssetFilter = {
  readonly search: string;
  readonly folder: string;
  readonly tag: string;
  readonly format: string;
  readonly status: string;
  readonly rights: string;
};

const pageSize = 48;

/** Pictures that fit, newest first, page by page. */
export function useAssets(filter: Partial<AssetFilter>) {
  return useInfiniteQuery({
    queryKey: ["assets", "list", filter],
    queryFn: ({ signal, pageParam }) =>
      get<Page<Asset>>("/v1/assets", { ...filter, limit: pageSize, cursor: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }) => nextCursor || undefined,
    placeholderData: keepPreviousData,
  });
}

export function useFolders() {
  return useQuery({
    queryKey: ["assets", "folders"],
    queryFn: ({ signal }) => get<Folders>("/v1/asset-folders", {}, { signal }),
  });
}

export function useAsset(id: string) {
  return useQuery({
    queryKey: ["assets", "one", id],
    queryFn: ({ signal }) => get<Asset>(`/v1/assets/${id}`, {}, { signal }),
    // The form works on a copy; every change of ours reads it again.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useAssetVersions(id: string) {
  return useQuery({
    queryKey: ["assets", "versions", id],
    queryFn: async ({ signal }) => (await get<Page<AssetVersion>>(`/v1/assets/${id}/versions`, {}, { signal })).items,
  });
}

export function useAssetUses(id: string) {
  return useQuery({
    queryKey: ["assets", "uses", id],
    queryFn: async ({ signal }) => (await get<Page<AssetUse>>(`/v1/assets/${id}/used-by`, {}, { signal })).items,
    staleTime: 0,
  });
}

export function useRenditions() {
  return useQuery({
    queryKey: ["asset-renditions"],
    queryFn: async ({ signal }) => (await get<Page<Rendition>>("/v1/asset-renditions", {}, { signal })).items,
    staleTime: 30_000,
  });
}

type Step = "archive" | "unarchive";
const ifMatch = ({ etag }: Pick<Asset, "etag">) => ({ headers: { "if-match": `"${etag}"` } });

/** Everything that changes one picture; afterwards all that shows pictures is read again. */
export function useAssetActions() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["assets"] });
  const save = useMutation({
    mutationFn: ({ asset, change }: { asset: Asset; change: AssetChange }) =>
      put<Asset>(`/v1/assets/${asset.id}`, change, ifMatch(asset)),
    onSuccess: refresh,
  });
  const act = useMutation({
    mutationFn: ({ asset, step }: { asset: Asset; step: Step }) =>
      post<Asset>(`/v1/assets/${asset.id}/${step}`, {}, ifMatch(asset)),
    onSuccess: refresh,
  });
  const restore = useMutation({
    mutationFn: ({ asset, version }: { asset: Asset; version: number }) =>
      post<Asset>(`/v1/assets/${asset.id}/versions/${version}/restore`, {}, ifMatch(asset)),
    onSuccess: refresh,
  });
  const erase = useMutation({
    mutationFn: (asset: Asset) => remove<unknown>(`/v1/assets/${asset.id}`, ifMatch(asset)),
    onSuccess: (_answer, { id }) => {
      client.removeQueries({ queryKey: ["assets", "one", id] });
      return client.invalidateQueries({ queryKey: ["assets", "list"] });
    },
  });
  const moveFolder = useMutation({
    mutationFn: (folders: { from: string; to: string }) => post<{ moved: number }>("/v1/asset-folders/move", folders),
    onSuccess: refresh,
  });
  return { save, act, restore, erase, moveFolder, refresh };
}
