import { ComboBox, ComboBoxItem, Text } from "@react-spectrum/s2";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../api/client.ts";
import type { CatalogProduct, Page } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { useDebounced } from "../ui/use-debounced.ts";

type Props = { value: string | null; onChange: (sku: string | null) => void };

/** Finds a product by name or SKU as you type. */
export function ProductField({ value, onChange }: Props) {
  const [text, setText] = useState(value ?? "");
  const search = useDebounced(text, 250);
  const query = useQuery({
    queryKey: ["product-choices", search],
    queryFn: ({ signal }) => get<Page<CatalogProduct>>("/v1/catalog/products", { q: search, limit: 20 }, { signal }),
    // An empty list meanwhile would close the menu, and it would stay closed.
    placeholderData: keepPreviousData,
  });
  return (
    <ComboBox
      label={messages.catalog.product}
      placeholder={messages.catalog.find}
      menuTrigger="focus"
      menuWidth={360}
      allowsCustomValue
      inputValue={text}
      onInputChange={setText}
      items={(query.data?.items ?? []).map(({ sku, name }) => ({ id: sku, name }))}
      onSelectionChange={(key) => {
        if (key === null) return;
        setText(String(key));
        onChange(String(key));
      }}
    >
      {(item) => (
        <ComboBoxItem id={item.id} textValue={item.id}>
          <Text slot="label">{item.name}</Text>
          <Text slot="description">{item.id}</Text>
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}
