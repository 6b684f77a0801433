import { ComboBox, ComboBoxItem } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { useCategories } from "./use-categories.ts";

const m = messages.catalog;

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
      menuWidth={360}
      inputValue={value ?? ""}
      onInputChange={(path) => onChange(path === "" ? null : path)}
      defaultItems={categories.map(({ path }) => ({ id: path }))}
    >
      {(item) => <ComboBoxItem id={item.id}>{item.id}</ComboBoxItem>}
    </ComboBox>
  );
}
