import { Picker, PickerItem } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { type BlockLocation, blockLocations } from "./shapes.ts";

const m = messages.blocks;

type Props = {
  values: readonly BlockLocation[];
  onChange: (locations: readonly BlockLocation[]) => void;
  isReadOnly: boolean;
};

/** Parts of a page, by the names that Adobe Commerce gives them. */
export function LocationsField({ values, onChange, isReadOnly }: Props) {
  return (
    <Picker
      label={m.locations}
      description={m.locationsText}
      selectionMode="multiple"
      placeholder={messages.common.none}
      isDisabled={isReadOnly}
      value={[...values]}
      onChange={(keys) => {
        const chosen = new Set<unknown>(keys as Iterable<string | number>);
        onChange(blockLocations.filter((location) => chosen.has(location)));
      }}
    >
      {blockLocations.map((location) => (
        <PickerItem key={location} id={location}>
          {m.locationNames[location]}
        </PickerItem>
      ))}
    </Picker>
  );
}
