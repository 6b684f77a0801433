import { Picker, PickerItem } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { useUrlState } from "./navigation.tsx";
import { useStoreViews } from "./use-store-views.ts";

const all = "all";

/** The scope of what the lists show: one store view, or all. */
export function StoreViewPicker() {
  const storeViews = useStoreViews();
  const [url, change] = useUrlState();
  const chosen = url["storeView"] ?? all;
  const choices = chosen === all || storeViews.includes(chosen) ? storeViews : [...storeViews, chosen];
  return (
    <Picker
      aria-label={messages.scope.label}
      isQuiet
      align="end"
      selectedKey={chosen}
      onSelectionChange={(key) => change({ storeView: key === all ? null : String(key), at: null })}
    >
      {[{ key: all, label: messages.scope.all }, ...choices.map((key) => ({ key, label: key }))].map((choice) => (
        <PickerItem key={choice.key} id={choice.key}>
          {choice.label}
        </PickerItem>
      ))}
    </Picker>
  );
}
