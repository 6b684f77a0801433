import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../api/client.ts";
import type { CatalogProduct, Page } from "../api/shapes.ts";
import { useCategories } from "../catalog/use-categories.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { PickedField } from "./picked-field.tsx";

type Props = {
  label: string;
  addLabel: string;
  values: readonly string[];
  isReadOnly?: boolean;
  onChange: (values: readonly string[]) => void;
};

/** Several products, found by name or SKU. */
export function PickedProducts({ isReadOnly = false, ...props }: Props) {
  const [text, setText] = useState("");
  const search = useDebounced(text, 250);
  const query = useQuery({
    queryKey: ["product-choices", search],
    queryFn: ({ signal }) => get<Page<CatalogProduct>>("/v1/catalog/products", { q: search, limit: 20 }, { signal }),
    // A list that is empty for a moment would lose the choice that somebody is just making.
    placeholderData: keepPreviousData,
  });
  const choices = (query.data?.items ?? []).map(({ sku, name }) => ({ id: sku, text: name }));
  return <PickedField {...props} isReadOnly={isReadOnly} choices={choices} onType={setText} />;
}

/** Several categories, each with everything below it. */
export function PickedCategories({ isReadOnly = false, ...props }: Props) {
  const categories = useCategories().data ?? [];
  const choices = categories.map(({ path, name }) => ({ id: path, text: name }));
  return <PickedField {...props} isReadOnly={isReadOnly} choices={choices} onType={() => undefined} />;
}
