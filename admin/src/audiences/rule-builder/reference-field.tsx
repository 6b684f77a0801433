import { NumberField, Picker, PickerItem, Switch, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Json, JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { row } from "../../ui/styles.ts";
import { AttributePicker } from "./attribute-picker.tsx";
import { useBuilder } from "./builder-context.ts";
import { useLists } from "./use-lists.ts";

const m = messages.builder;
const percentWidth = style({ width: 96 });

export type ValueSource = keyof typeof m.sources;

/** Where the right-hand side of a comparison comes from. */
export function sourceOf(value: Json | undefined): ValueSource {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "value";
  return "ref" in value ? "attribute" : "list" in value ? "list" : "value";
}

/** What a comparison starts with when its source changes. */
export function startOf(source: ValueSource): Json | undefined {
  return source === "attribute" ? { ref: "" } : source === "list" ? { list: "" } : undefined;
}

type Props = {
  value: Json | undefined;
  subjects: readonly string[];
  onChange: (value: Json) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** Another attribute, with a share of it or what lies below it; or a shared list. */
export function ReferenceField({ value, subjects, onChange, ...fault }: Props) {
  const { isReadOnly } = useBuilder();
  // `sourceOf` told that it is an object.
  const reference = value as JsonObject;
  if (sourceOf(value) === "list") {
    return <ListField value={String(reference["list"])} onChange={(list) => onChange({ list })} {...fault} />;
  }
  const set = (name: string, next: Json | undefined) => {
    const { [name]: _old, ...others } = reference;
    onChange(next === undefined ? others : { ...others, [name]: next });
  };
  const path = String(reference["ref"]);
  return (
    <div className={row}>
      <AttributePicker
        label={m.otherAttribute}
        path={path}
        subjects={[...new Set([...subjects, "profile", "product", "matched", "context"])]}
        isDisabled={isReadOnly}
        onChange={(ref) => set("ref", ref)}
        {...fault}
      />
      <NumberField
        aria-label={m.percent}
        size="S"
        styles={percentWidth}
        isReadOnly={isReadOnly}
        formatOptions={{ maximumFractionDigits: 4 }}
        value={reference["percent"] === undefined ? 100 : Number(reference["percent"])}
        onChange={(percent) => set("percent", Number.isNaN(percent) || percent === 100 ? undefined : percent)}
      />
      <span>%</span>
      {path.endsWith("category_ids") ? (
        <Switch
          size="S"
          isDisabled={isReadOnly}
          isSelected={reference["relation"] === "children"}
          onChange={(on) => set("relation", on ? "children" : undefined)}
        >
          {m.children}
        </Switch>
      ) : null}
    </div>
  );
}

type ListProps = {
  value: string;
  onChange: (id: string) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** A list by its name; its id where the server tells no lists. */
export function ListField({ value, onChange, ...fault }: ListProps) {
  const { isReadOnly } = useBuilder();
  const lists = useLists();
  if (lists.length === 0) {
    return (
      <TextField
        aria-label={m.fields.list}
        size="S"
        isReadOnly={isReadOnly}
        value={value}
        onChange={onChange}
        {...fault}
      />
    );
  }
  const all = lists.some(({ id }) => id === value) || value === "" ? lists : [...lists, { id: value, name: value }];
  return (
    <Picker
      aria-label={m.fields.list}
      size="S"
      placeholder={m.fields.chooseList}
      isDisabled={isReadOnly}
      selectedKey={value === "" ? null : value}
      onSelectionChange={(key) => onChange(String(key))}
      {...fault}
    >
      {all.map(({ id, name }) => (
        <PickerItem key={id} id={id}>
          {name}
        </PickerItem>
      ))}
    </Picker>
  );
}
