import { useQuery } from "@tanstack/react-query";
import { useSession } from "../access/use-session.ts";
import { get } from "../api/client.ts";
import { useUrlState } from "./navigation.tsx";

/** The store views that the reader may choose from; empty when the deployment has one and names none. */
export function useStoreViews(): readonly string[] {
  const allowed = useSession().data?.storeViews ?? null;
  const query = useQuery({
    queryKey: ["store-views"],
    queryFn: ({ signal }) => get<{ storeViews?: readonly string[] }>("/v1/system", {}, { signal }),
    staleTime: 5 * 60_000,
  });
  return allowed ?? query.data?.storeViews ?? [];
}

/** The store view chosen in the top bar; undefined = all. */
export function useStoreView(): string | undefined {
  const [url] = useUrlState();
  return url["storeView"];
}
