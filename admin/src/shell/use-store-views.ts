import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import { useUrlState } from "./navigation.tsx";

/** The store views this deployment serves; empty when it has never been told of any. */
export function useStoreViews(): readonly string[] {
  const query = useQuery({
    queryKey: ["store-views"],
    queryFn: () => get<{ storeViews?: readonly string[] }>("/v1/system"),
    staleTime: 5 * 60_000,
  });
  return query.data?.storeViews ?? [];
}

/** The store view chosen in the top bar; undefined = all. */
export function useStoreView(): string | undefined {
  const [url] = useUrlState();
  return url["storeView"];
}
