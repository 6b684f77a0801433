import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { CatalogProduct, Page } from "../../api/shapes.ts";

/** The currency of the shop's prices; undefined while it is not known. */
export function useCurrency(): string | undefined {
  const query = useQuery({
    queryKey: ["shop-currency"],
    queryFn: async ({ signal }) => {
      const { items } = await get<Page<CatalogProduct>>("/v1/catalog/products", { limit: 1 }, { signal });
      return (items[0]?.finalPrice ?? items[0]?.price)?.currency ?? null;
    },
    staleTime: 5 * 60_000,
  });
  return query.data ?? undefined;
}
