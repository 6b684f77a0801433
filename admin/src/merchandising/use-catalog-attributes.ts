import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";

type CatalogAttribute = {
  readonly code: string;
  readonly label: string;
  readonly input: string;
  readonly filterable: boolean;
  readonly sortable: boolean;
};

const none: readonly CatalogAttribute[] = [];

/** What the catalog knows of the attributes of its products. */
export function useCatalogAttributes(): readonly CatalogAttribute[] {
  const query = useQuery({
    queryKey: ["catalog-attributes"],
    queryFn: async ({ signal }) =>
      (await get<{ items: readonly CatalogAttribute[] }>("/v1/catalog/attributes", {}, { signal })).items,
    staleTime: 5 * 60_000,
  });
  return query.data ?? none;
}
