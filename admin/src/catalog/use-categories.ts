import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";

export type Category = { readonly path: string; readonly name: string; readonly parentPath: string | null };

export function useCategories() {
  return useQuery({
    queryKey: ["categories"],
    queryFn: async ({ signal }) => (await get<Page<Category>>("/v1/catalog/categories", {}, { signal })).items,
    staleTime: 5 * 60_000,
  });
}
