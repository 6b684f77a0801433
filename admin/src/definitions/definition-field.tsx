import { Picker, PickerItem, Text } from "@react-spectrum/s2";
import type { Fault } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { invalidProps } from "./kind-page.ts";
import { useDefinitionChoices } from "./use-definition.ts";

type Common = {
  kind: string;
  label: string;
  description?: string;
  isReadOnly: boolean;
  faults: readonly Fault[];
  /** JSON pointer of the field in the body. */
  path: string;
};
type Choice = { readonly key: string; readonly name: string; readonly status: string };

/** Those that can be chosen, and those that are chosen though they have gone. */
function useChoices(kind: string, values: readonly string[]): readonly Choice[] {
  const known = (useDefinitionChoices(kind).data?.items ?? []).filter(
    ({ key, status }) => status !== "archived" || values.includes(key),
  );
  const gone = values.filter((key) => key !== "" && !known.some((choice) => choice.key === key));
  return [...known, ...gone.map((key) => ({ key, name: key, status: "" }))];
}

const statusText = (status: string) =>
  messages.status[status as keyof typeof messages.status] ?? messages.audiences.unknown;

function item({ key, name, status }: Choice) {
  return (
    <PickerItem key={key} id={key} textValue={name}>
      <Text slot="label">{name}</Text>
      <Text slot="description">{statusText(status)}</Text>
    </PickerItem>
  );
}

type ManyProps = Common & {
  values: readonly string[];
  onChange: (keys: readonly string[]) => void;
  /** While nothing is chosen. */
  placeholder?: string;
};

/** Several definitions of one kind, by name; the body holds their keys. */
export function DefinitionsField(props: ManyProps) {
  const { kind, label, description, placeholder, values, onChange, isReadOnly, faults, path } = props;
  const choices = useChoices(kind, values);
  return (
    <Picker
      label={label}
      selectionMode="multiple"
      isDisabled={isReadOnly}
      value={[...values]}
      onChange={(keys) => onChange([...(keys as Iterable<string | number>)].map(String))}
      {...(placeholder === undefined ? {} : { placeholder })}
      {...(description === undefined ? {} : { description })}
      {...invalidProps(faults, path)}
    >
      {choices.map(item)}
    </Picker>
  );
}

type OneProps = Common & {
  value: string;
  onChange: (key: string) => void;
  /** Label of the choice of nothing; absent = something has to be chosen. */
  none?: string;
};

const nothing = "(none)";

/** One definition of a kind, by name; the body holds its key. */
export function DefinitionField(props: OneProps) {
  const { kind, label, description, value, onChange, none, isReadOnly, faults, path } = props;
  const choices = useChoices(kind, [value]);
  return (
    <Picker
      label={label}
      isDisabled={isReadOnly}
      selectedKey={value === "" ? (none === undefined ? null : nothing) : value}
      onSelectionChange={(key) => onChange(key === nothing || key === null ? "" : String(key))}
      {...(description === undefined ? {} : { description })}
      {...invalidProps(faults, path)}
    >
      {[
        ...(none === undefined
          ? []
          : [
              <PickerItem key={nothing} id={nothing}>
                {none}
              </PickerItem>,
            ]),
        ...choices.map(item),
      ]}
    </Picker>
  );
}
