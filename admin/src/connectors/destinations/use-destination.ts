import { type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, patch, post, remove } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";
import type { DeadLetter, Destination, DestinationConfig, Lag, Replay } from "./shapes.ts";

const pathOf = (key: string) => `/v1/destinations/${encodeURIComponent(key)}`;
const destinationKey = (key: string) => ["destination", key] as const;
const lettersKey = (key: string) => ["destination-letters", key] as const;
const freshMs = 5000;

export function useDestination(key: string) {
  return useQuery({
    queryKey: destinationKey(key),
    queryFn: ({ signal }) => get<Destination>(pathOf(key), {}, { signal }),
    refetchInterval: freshMs,
  });
}

export function useLag(key: string) {
  return useQuery({
    queryKey: ["destination-lag", key],
    queryFn: ({ signal }) => get<Lag>(`${pathOf(key)}/lag`, {}, { signal }),
    refetchInterval: freshMs,
  });
}

export function useDeadLetters(key: string) {
  return useInfiniteQuery({
    queryKey: lettersKey(key),
    queryFn: ({ pageParam, signal }) =>
      get<Page<DeadLetter>>(`${pathOf(key)}/dead-letters`, { limit: 20, cursor: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: freshMs,
  });
}

export type DestinationDraft = {
  readonly name: string;
  readonly config: DestinationConfig;
  readonly secrets: Readonly<Record<string, string>>;
};

function renew(client: QueryClient, destination: Destination) {
  client.setQueryData(destinationKey(destination.key), destination);
  return client.invalidateQueries({ queryKey: ["list", "/v1/destinations"] });
}

export function useCreateDestination() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: DestinationDraft & { readonly key: string }) => post<Destination>("/v1/destinations", draft),
    onSuccess: (destination) => renew(client, destination),
  });
}

export function useDestinationActions(destination: Destination) {
  const client = useQueryClient();
  const path = pathOf(destination.key);
  const onSuccess = (answer: Destination) => renew(client, answer);
  const ifMatch = { headers: { "if-match": `"${destination.etag}"` } };
  return {
    save: useMutation({ mutationFn: (draft: DestinationDraft) => patch<Destination>(path, draft, ifMatch), onSuccess }),
    setStatus: useMutation({
      mutationFn: (action: "pause" | "resume") => post<Destination>(`${path}/${action}`),
      onSuccess,
    }),
    test: useMutation({ mutationFn: () => post<{ ok: boolean; message?: string }>(`${path}/test`) }),
    replay: useMutation({
      mutationFn: (letter: string | null) =>
        post<Replay>(letter === null ? `${path}/dead-letters/replay` : `${path}/dead-letters/${letter}/replay`),
      onSuccess: () =>
        Promise.all([
          client.invalidateQueries({ queryKey: lettersKey(destination.key) }),
          client.invalidateQueries({ queryKey: destinationKey(destination.key) }),
        ]),
    }),
    remove: useMutation({
      mutationFn: () => remove<unknown>(path),
      onSuccess: () => client.invalidateQueries({ queryKey: ["list", "/v1/destinations"] }),
    }),
  };
}
