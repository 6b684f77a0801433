import { ComboBox, ComboBoxItem } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import { messages } from "../messages.ts";

export type Category = { readonly path: string; readonly name: string; readonly parentPath: string | null };

const m = messages.catalog;

export function useCategories() {
  return useQuery({
    queryKey: ["categories"],
    queryFn: async ({ signal }) => (await get<Page<Category>>("/v1/catalog/categories", {}, { signal })).items,
    staleTime: 5 * 60_000,
  });
}

type Props = { value: string | null; onChange: (path: string | null) => void; isReadOnly: boolean };

/** One category with everything below it, or all. */
export function CategoryField({ value, onChange, isReadOnly }: Props) {
  const categories = useCategories().data ?? [];
  return (
    <ComboBox
      label={m.onlyCategory}
      placeholder={m.allCategories}
      isReadOnly={isReadOnly}
      allowsCustomValue
      menuTrigger="focus"
      inputValue={value ?? ""}
      onInputChange={(path) => onChange(path === "" ? null : path)}
      defaultItems={categories.map(({ path }) => ({ id: path }))}
    >
      {(item) => <ComboBoxItem id={item.id}>{item.id}</ComboBoxItem>}
    </ComboBox>
  );
}
