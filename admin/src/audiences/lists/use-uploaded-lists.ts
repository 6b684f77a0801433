import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, remove } from "../../api/client.ts";
import { sendEntries } from "./send-entries.ts";
import type { EntriesUpload, UploadedList } from "./shapes.ts";

const listsPath = "/v1/lists";
const pathOf = (key: string) => `${listsPath}/${encodeURIComponent(key)}`;

export function useUploadedLists() {
  return useQuery({
    queryKey: ["lists", "all"],
    queryFn: async ({ signal }) => (await get<{ items: readonly UploadedList[] }>(listsPath, {}, { signal })).items,
    retry: false,
  });
}

export function useUploadedList(key: string) {
  return useQuery({
    queryKey: ["list", key],
    queryFn: ({ signal }) => get<UploadedList>(pathOf(key), {}, { signal }),
    retry: false,
  });
}

/** How many known people are on a list; counted anew after each upload. */
export function useKnownPeople({ key, version, size }: UploadedList) {
  return useQuery({
    queryKey: ["list", key, "people", version],
    queryFn: ({ signal }) =>
      post<{ count: number; exact: boolean }>("/v1/audiences/preview", { rule: { list: { id: key } } }, { signal }),
    enabled: size > 0,
    retry: false,
  });
}

export function useListActions() {
  const client = useQueryClient();
  const onSuccess = () =>
    Promise.all(["lists", "list"].map((first) => client.invalidateQueries({ queryKey: [first] })));
  const create = useMutation({
    mutationFn: (list: Pick<UploadedList, "key" | "name" | "namespace">) => post<UploadedList>(listsPath, list),
    onSuccess,
  });
  const check = useMutation({
    mutationFn: ({ key, upload }: { key: string; upload: EntriesUpload }) => sendEntries(key, upload, true),
  });
  const upload = useMutation({
    mutationFn: ({ key, upload: given }: { key: string; upload: EntriesUpload }) => sendEntries(key, given, false),
    onSuccess,
  });
  const erase = useMutation({
    mutationFn: (key: string) => remove<null>(pathOf(key)),
    onSuccess: (_nothing, key) => {
      client.removeQueries({ queryKey: ["list", key] });
      return client.invalidateQueries({ queryKey: ["lists"] });
    },
  });
  return { create, check, upload, erase };
}
