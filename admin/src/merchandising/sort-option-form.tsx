import { ActionButton, Button, NumberField, Text, TextField } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Close from "@react-spectrum/s2/icons/Close";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { type FormProps, invalidProps, type SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { plainList, row, rowEnd, rowStart } from "../ui/styles.ts";
import { AttributeField } from "./attribute-field.tsx";
import { patched } from "./patched.ts";
import { TrySearch } from "./try-search.tsx";
import { useCatalogAttributes } from "./use-catalog-attributes.ts";

const m = messages.merchandising.sortOption;
const maxKeys = 5;
const maxPlace = 10_000;

type SortKey = { readonly attribute: string; readonly direction: "asc" | "desc" };

export type SortOptionBody = {
  readonly code: string;
  readonly label: string;
  readonly keys: readonly SortKey[];
  readonly position?: number;
};

export function SortOptionForm({ body, onChange, faults, isReadOnly }: FormProps<SortOptionBody>) {
  return (
    <>
      <Panel title={m.what}>
        <div className={rowStart}>
          <TextField
            label={m.label}
            maxLength={200}
            value={body.label}
            isReadOnly={isReadOnly}
            onChange={(label) => onChange({ ...body, label })}
            {...invalidProps(faults, "/label")}
          />
          <TextField
            label={m.code}
            description={m.codeText}
            maxLength={40}
            value={body.code}
            isReadOnly={isReadOnly}
            onChange={(code) => onChange({ ...body, code })}
            {...invalidProps(faults, "/code")}
          />
          <NumberField
            label={m.position}
            minValue={0}
            maxValue={maxPlace}
            value={body.position ?? 0}
            isReadOnly={isReadOnly}
            onChange={(place) => onChange(patched(body, { position: Number.isNaN(place) ? 0 : Math.round(place) }))}
            {...invalidProps(faults, "/position")}
          />
        </div>
      </Panel>
      <Panel title={m.keys}>
        <SortKeys
          keys={body.keys}
          faultOf={(index) => invalidProps(faults, `/keys/${index}`)}
          isReadOnly={isReadOnly}
          onChange={(keys) => onChange({ ...body, keys })}
        />
      </Panel>
    </>
  );
}

type KeysProps = {
  keys: readonly SortKey[];
  faultOf: (index: number) => ReturnType<typeof invalidProps>;
  isReadOnly: boolean;
  onChange: (keys: readonly SortKey[]) => void;
};

function SortKeys({ keys, faultOf, isReadOnly, onChange }: KeysProps) {
  const known = useCatalogAttributes().filter(({ sortable }) => sortable);
  const standard = Object.entries(m.standard).map(([id, label]) => ({ id, label }));
  const choices = [
    ...standard,
    ...known.flatMap(({ code, label }) => (code in m.standard ? [] : [{ id: code, label }])),
  ];
  const replace = (index: number, next: SortKey | null) =>
    onChange(keys.flatMap((key, at) => (at !== index ? [key] : next ? [next] : [])));
  return (
    <>
      <ol className={plainList}>
        {keys.map((key, index) => (
          // While one is typed two may be alike; their place is what they are known by.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} className={rowEnd}>
            <AttributeField
              label={m.key(index + 1)}
              choices={choices}
              value={key.attribute}
              isReadOnly={isReadOnly}
              fault={faultOf(index)}
              onChange={(attribute) => replace(index, { ...key, attribute })}
            />
            <ChoiceField
              label={m.direction(index + 1)}
              isReadOnly={isReadOnly}
              choices={Object.entries(m.directions).map(([id, label]) => ({ key: id, label }))}
              value={key.direction}
              onChange={(direction) => replace(index, { ...key, direction: direction === "asc" ? "asc" : "desc" })}
            />
            {isReadOnly || keys.length === 1 ? null : (
              <ActionButton isQuiet aria-label={m.removeKey(index + 1)} onPress={() => replace(index, null)}>
                <Close />
              </ActionButton>
            )}
          </li>
        ))}
      </ol>
      {isReadOnly ? null : (
        <div className={row}>
          <Button
            variant="secondary"
            size="S"
            isDisabled={keys.length >= maxKeys}
            onPress={() => onChange([...keys, { attribute: "", direction: "asc" }])}
          >
            <Add />
            <Text>{m.addKey}</Text>
          </Button>
        </div>
      )}
    </>
  );
}

export function SortOptionSide({ body }: SideProps<SortOptionBody>) {
  // The keys themselves: an order that is not saved yet has no code to be named by.
  const keys = body.keys.filter(({ attribute }) => attribute !== "");
  const sort = keys.map(({ attribute, direction }) => `${attribute}:${direction}`).join(",");
  return (
    <TrySearch
      title={m.try}
      text={m.tryText}
      kind="sort-option"
      takesAll
      body={keys.length > 0 ? { code: "preview", label: m.try, keys } : null}
      sort={sort}
    />
  );
}
