import { Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { messages } from "../messages.data.ts";

const m = messages.activation;
const width = style({ width: 320 });

type Props = { value: string; onChange: (id: string) => void; faults: readonly Fault[]; isReadOnly: boolean };

/** One live audience, by id; the value may also be a key. */
export function AudienceField({ value, onChange, faults, isReadOnly }: Props) {
  const choices = (useDefinitionChoices("audience").data?.items ?? []).filter(({ status }) => status === "live");
  const chosen = choices.find(({ id, key }) => id === value || key === value);
  const all = chosen || value === "" ? choices : [...choices, { id: value, name: m.gone }];
  return (
    <Picker
      aria-label={m.audience}
      placeholder={m.chooseAudience}
      styles={width}
      isDisabled={isReadOnly}
      isRequired
      selectedKey={chosen?.id ?? (value === "" ? null : value)}
      onSelectionChange={(id) => id !== null && id !== chosen?.id && onChange(String(id))}
      {...invalidProps(faults, "/config/audience")}
    >
      {all.map(({ id, name }) => (
        <PickerItem key={id} id={id}>
          {name}
        </PickerItem>
      ))}
    </Picker>
  );
}
