import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put, remove } from "../api/client.ts";
import type { Definition, DefinitionScope, Page, Schedule } from "../api/shapes.ts";
import type { Change } from "./diff.ts";

export type Draft<B> = {
  readonly name: string;
  readonly body: B;
  readonly scope: DefinitionScope;
  readonly schedule: Schedule | null;
};

export type Version = {
  readonly version: number;
  readonly author: string;
  readonly createdAt: string;
  readonly note: string;
  /** The version that a roll back copied. */
  readonly restoredFrom: number | null;
};

export type Verb = "publish" | "submit" | "pause" | "resume" | "archive" | "unarchive" | "rollback";

const pathOf = (kind: string, id?: string) => `/v1/definitions/${kind}${id ? `/${encodeURIComponent(id)}` : ""}`;
const keyOf = (kind: string, id: string, part: string) => ["definition", kind, id, part];

export function useDefinition<B>(kind: string, id: string | null) {
  return useQuery({
    queryKey: keyOf(kind, id ?? "", "document"),
    queryFn: ({ signal }) => get<Definition<B>>(pathOf(kind, id ?? ""), {}, { signal }),
    enabled: id !== null,
    // The form works on a copy; fetching again under it would only cost a request.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** One of the lists that hang on a definition: versions, used-by, activity. */
export function useDefinitionPart<T>(kind: string, id: string, part: string) {
  return useQuery({
    queryKey: keyOf(kind, id, part),
    queryFn: ({ signal }) => get<Page<T>>(`${pathOf(kind, id)}/${part}`, {}, { signal }),
    staleTime: 0,
  });
}

/** The server's comparison of two versions. */
export type Diff = { readonly items: readonly Change[] };

export function useDiff(kind: string, id: string, from: number | null, to: number) {
  return useQuery({
    queryKey: keyOf(kind, id, `diff ${from} ${to}`),
    queryFn: ({ signal }) => get<Diff>(`${pathOf(kind, id)}/diff`, { from, to }, { signal }),
    enabled: from !== null && from !== to,
  });
}

/** Saves, publishes and retires; every success reads the definition and its lists again. */
export function useDefinitionActions<B>(kind: string) {
  const client = useQueryClient();
  const refresh = async () => {
    // Of the whole kind: the address names a definition by its id or by its key, and both are kept under what it says.
    await client.invalidateQueries({ queryKey: ["definition", kind] });
    await client.invalidateQueries({ queryKey: ["list", pathOf(kind)] });
    await client.invalidateQueries({ queryKey: ["definition-choices", kind] });
  };
  const create = useMutation({
    mutationFn: (draft: Draft<B> & { key: string; note?: string }) => post<Definition<B>>(pathOf(kind), draft),
    onSuccess: refresh,
  });
  const save = useMutation({
    mutationFn: ({ id, etag, ...draft }: Draft<B> & { id: string; etag: number; note?: string }) =>
      put<Definition<B>>(pathOf(kind, id), draft, { headers: { "if-match": `"${etag}"` } }),
    onSuccess: refresh,
  });
  const act = useMutation({
    mutationFn: ({ id, verb, input = {} }: { id: string; verb: Verb; input?: object }) =>
      post<unknown>(`${pathOf(kind, id)}/${verb}`, input),
    onSuccess: refresh,
  });
  const erase = useMutation({
    mutationFn: ({ id }: { id: string }) => remove<unknown>(pathOf(kind, id)),
    onSuccess: (_answer, { id }) => {
      client.removeQueries({ queryKey: ["definition", kind, id] });
      return client.invalidateQueries({ queryKey: ["list", pathOf(kind)] });
    },
  });
  return { create, save, act, erase };
}

/** Keys and names of all definitions of a kind, for pickers. */
export function useDefinitionChoices(kind: string) {
  return useQuery({
    queryKey: ["definition-choices", kind],
    queryFn: ({ signal }) =>
      get<Page<{ id: string; key: string; name: string; status: string }>>(pathOf(kind), { limit: 200 }, { signal }),
    staleTime: 30_000,
  });
}
