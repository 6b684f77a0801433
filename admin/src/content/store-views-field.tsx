import { Picker, PickerItem } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { useStoreViews } from "../shell/use-store-views.ts";
import { ListField } from "../ui/list-field.tsx";

const m = messages.blocks;

type Props = { values: readonly string[]; onChange: (storeViews: readonly string[]) => void; isReadOnly?: boolean };

/** Some store views; none chosen = all. A deployment that names none takes codes as they are typed. */
export function StoreViewsField({ values, onChange, isReadOnly = false }: Props) {
  const known = useStoreViews();
  if (known.length === 0)
    return <ListField label={messages.scope.codes} values={values} isReadOnly={isReadOnly} onChange={onChange} />;
  return (
    <Picker
      label={m.variantViews}
      selectionMode="multiple"
      placeholder={m.variantAllViews}
      isDisabled={isReadOnly}
      value={[...values]}
      onChange={(keys) => onChange([...(keys as Iterable<string | number>)].map(String))}
    >
      {[...new Set([...known, ...values])].map((storeView) => (
        <PickerItem key={storeView} id={storeView}>
          {storeView}
        </PickerItem>
      ))}
    </Picker>
  );
}
