import { ComboBox, ComboBoxItem } from "@react-spectrum/s2";
import type { Fault } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { usePlacements } from "./use-placements.ts";

const m = messages.placements;

type Props = {
  kind: string;
  value: string;
  onChange: (placement: string) => void;
  isReadOnly: boolean;
  faults: readonly Fault[];
};

/** A place on the shop's pages: one of those in use, or a new name. */
export function PlacementField({ value, onChange, isReadOnly, faults }: Props) {
  const placements = usePlacements().data ?? [];
  const items = [...new Set(placements.map(({ placement }) => placement))].map((id) => ({ id }));
  return (
    <ComboBox
      label={m.one}
      description={m.text}
      isRequired
      isReadOnly={isReadOnly}
      allowsCustomValue
      menuTrigger="focus"
      inputValue={value}
      onInputChange={onChange}
      defaultItems={items}
      {...invalidProps(faults, "/placement")}
    >
      {(item) => <ComboBoxItem id={item.id}>{item.id}</ComboBoxItem>}
    </ComboBox>
  );
}
