import { ComboBox, ComboBoxItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { useBuilder } from "./builder-context.ts";

const width = style({ width: 192 });
const zones = Intl.supportedValuesOf("timeZone").map((id) => ({ id, text: id.toLowerCase().replaceAll("_", " ") }));
/** A list of all four hundred would be drawn anew at every letter. */
const mostShown = 30;

type Props = { value: string; onChange: (zone: string) => void };

/** A time zone by its name; one that this browser does not know can be typed. */
export function ZoneField({ value, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  const needle = value.toLowerCase().replaceAll("_", " ");
  return (
    <ComboBox
      aria-label={messages.builder.timezone}
      size="S"
      styles={width}
      menuWidth={280}
      isReadOnly={isReadOnly}
      allowsCustomValue
      inputValue={value}
      onInputChange={onChange}
      items={zones.filter(({ text }) => text.includes(needle)).slice(0, mostShown)}
    >
      {(zone) => <ComboBoxItem id={zone.id}>{zone.id}</ComboBoxItem>}
    </ComboBox>
  );
}
