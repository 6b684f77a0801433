import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import type { CatalogProduct } from "../api/shapes.ts";
import { AppLink } from "../shell/navigation.tsx";
import { mutedXs } from "../ui/styles.ts";

/** By its name once the catalog told it; a product that has gone keeps its SKU. */
export function ProductName({ sku }: { sku: string }) {
  const path = `/catalog/${encodeURIComponent(sku)}`;
  const query = useQuery({
    queryKey: ["product-name", sku],
    queryFn: async ({ signal }) =>
      (await get<CatalogProduct>(`/v1/catalog/products/${encodeURIComponent(sku)}`, {}, { signal })).name,
    staleTime: 5 * 60_000,
    retry: false,
  });
  return (
    <>
      <AppLink to={path}>{query.data ?? sku}</AppLink>
      {query.data === undefined ? null : <span className={mutedXs}>{sku}</span>}
    </>
  );
}
