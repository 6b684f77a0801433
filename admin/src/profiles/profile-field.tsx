import { ComboBox, ComboBoxItem, Text } from "@react-spectrum/s2";
import { useState } from "react";
import { formatAgo } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { useProfileChoices } from "./use-profiles.ts";

const m = messages.profiles;

export type ChosenProfile = { readonly id: string; readonly label: string };
type Props = { value: ChosenProfile | null; onChange: (profile: ChosenProfile | null) => void; label?: string };

/** Finds a profile by e-mail, identifier or id as you type; emptied it means nobody. */
export function ProfileField({ value, onChange, label = m.customer }: Props) {
  const [text, setText] = useState(value?.label ?? "");
  const search = useDebounced(text === value?.label ? "" : text, 250);
  const query = useProfileChoices(search);
  const items = (query.data?.items ?? []).map((profile) => ({ ...profile, id: profile.profileId }));
  return (
    <ComboBox
      label={label}
      placeholder={m.findOne}
      menuTrigger="focus"
      menuWidth={360}
      allowsCustomValue
      inputValue={text}
      onInputChange={(next) => {
        setText(next);
        if (next === "") onChange(null);
      }}
      items={items}
      onSelectionChange={(key) => {
        const chosen = items.find((profile) => profile.id === key);
        if (!chosen) return;
        const shown = chosen.label || chosen.profileId;
        setText(shown);
        onChange({ id: chosen.profileId, label: shown });
      }}
    >
      {(profile) => (
        <ComboBoxItem id={profile.id} textValue={profile.label || profile.profileId}>
          <Text slot="label">{profile.label || profile.profileId}</Text>
          <Text slot="description">{m.seen(formatAgo(profile.lastSeenAt))}</Text>
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}
