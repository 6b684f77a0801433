import { ActionButton, Menu, MenuItem, MenuTrigger, Text } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import { messages } from "../../messages.data.ts";
import { showDone } from "../../ui/toasts.ts";
import type { Mapping, RecordKind } from "./shapes.ts";

const m = messages.connectors.mapping;

type Props = { kind: RecordKind; suggestion: Mapping | undefined; onChange: (mapping: Mapping) => void };

/** Replaces the mapping by one that comes with the product, or by what the columns suggest. */
export function PresetPicker({ kind, suggestion, onChange }: Props) {
  const query = useQuery({
    queryKey: ["import-mappings"],
    queryFn: ({ signal }) => get<{ presets: readonly Mapping[] }>("/v1/import-mappings", {}, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const presets = (query.data?.presets ?? []).filter((preset) => preset.kind === kind);
  if (presets.length === 0 && !suggestion) return null;
  const take = (mapping: Mapping) => {
    onChange(mapping);
    showDone(m.takenOver);
  };
  return (
    <MenuTrigger>
      <ActionButton>{m.startFrom}</ActionButton>
      <Menu
        onAction={(key) => {
          const chosen = key === "suggested" ? suggestion : presets.find(({ name }) => name === key);
          if (chosen) take(chosen);
        }}
      >
        {suggestion ? <MenuItem id="suggested">{m.suggested}</MenuItem> : null}
        {presets.map(({ name = "", description = "" }) => (
          <MenuItem key={name} id={name} textValue={name}>
            <Text slot="label">{name}</Text>
            <Text slot="description">{description}</Text>
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
