import { ComboBox, ComboBoxItem, Text } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useCategories } from "../catalog/use-categories.ts";
import type { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";

const m = messages.merchandising.rule;
const pathWidth = style({ width: 320, maxWidth: "full" });

type Props = {
  value: string;
  onChange: (path: string) => void;
  isReadOnly: boolean;
  fault?: ReturnType<typeof invalidProps>;
};

/** One category by its path. */
export function CategoryPathField({ value, onChange, isReadOnly, fault }: Props) {
  const categories = useCategories().data ?? [];
  return (
    <ComboBox
      label={m.category}
      styles={pathWidth}
      isReadOnly={isReadOnly}
      allowsCustomValue
      menuTrigger="focus"
      menuWidth={360}
      inputValue={value}
      onInputChange={onChange}
      defaultItems={categories.map(({ path, name }) => ({ id: path, name }))}
      {...fault}
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
