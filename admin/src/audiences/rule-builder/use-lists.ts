import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";

type List = { readonly id: string; readonly name: string };
const nothing: readonly List[] = [];

/** Uploaded lists; none where the server keeps none. */
export function useLists(): readonly List[] {
  const query = useQuery({
    queryKey: ["lists"],
    queryFn: async ({ signal }) => {
      const { items } = await get<Page<{ id: string; key?: string; name?: string }>>(
        "/v1/lists",
        { limit: 200 },
        { signal },
      );
      return items.map(({ id, key, name }) => ({ id: key ?? id, name: name ?? key ?? id }));
    },
    retry: false,
    staleTime: 60_000,
  });
  return query.data ?? nothing;
}
