import { ActionButton, Button, NumberField, Picker, PickerItem, TextArea, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { faultAt, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowEnd, stackTight } from "../ui/styles.ts";
import { type QueryColumn, valueTypes, withField } from "./trait-body.ts";
import type { TraitFormProps } from "./trait-form.tsx";

const m = messages.traits;
const wide = style({ width: "full" });
const maxColumns = 25;

/** A query over the events, the columns of its answer, and how often it runs. */
export function QueryFields({ body, onChange, faults, isReadOnly }: TraitFormProps) {
  const columns = body.columns ?? [];
  const setColumns = (next: readonly QueryColumn[]) =>
    onChange(withField(body, "columns", next.length === 0 ? undefined : next));
  const fault = faultAt(faults, "/columns");
  return (
    <Panel title={m.query} description={m.queryText}>
      <TextArea
        label={m.query}
        styles={wide}
        maxLength={20_000}
        value={body.query ?? ""}
        isReadOnly={isReadOnly}
        onChange={(query) => onChange(withField(body, "query", query))}
        {...invalidProps(faults, "/query")}
      />
      <div className={stackTight}>
        <p className={muted}>{m.columns}</p>
        {fault ? <p role="alert">{fault.message}</p> : null}
        {columns.map((column, index) => (
          <ColumnRow
            key={column.name}
            column={column}
            isReadOnly={isReadOnly}
            onChange={(next) => setColumns(columns.with(index, next))}
            onRemove={() => setColumns(columns.filter((other) => other !== column))}
          />
        ))}
        {isReadOnly || columns.length >= maxColumns ? null : (
          <AddColumn
            known={columns.map(({ name }) => name)}
            onAdd={(name) => setColumns([...columns, { name, type: "number" }])}
          />
        )}
      </div>
      <NumberField
        label={m.everyHours}
        minValue={1}
        maxValue={168}
        value={body.everyHours ?? 24}
        isReadOnly={isReadOnly}
        onChange={(hours) =>
          onChange(withField(body, "everyHours", Number.isNaN(hours) ? undefined : Math.round(hours)))
        }
        {...invalidProps(faults, "/everyHours")}
      />
    </Panel>
  );
}

type RowProps = {
  column: QueryColumn;
  isReadOnly: boolean;
  onChange: (column: QueryColumn) => void;
  onRemove: () => void;
};

function ColumnRow({ column, isReadOnly, onChange, onRemove }: RowProps) {
  return (
    <div className={rowEnd}>
      <TextField label={m.column} size="S" value={column.name} isReadOnly />
      <Picker
        label={m.valueType}
        size="S"
        isDisabled={isReadOnly}
        selectedKey={column.type}
        onSelectionChange={(key) =>
          onChange({ ...column, type: valueTypes.find((type) => type === key) ?? column.type })
        }
      >
        {valueTypes.map((type) => (
          <PickerItem key={type} id={type}>
            {m.types[type]}
          </PickerItem>
        ))}
      </Picker>
      {isReadOnly ? null : (
        <ActionButton size="S" aria-label={m.removeColumn(column.name)} onPress={onRemove}>
          ×
        </ActionButton>
      )}
    </div>
  );
}

function AddColumn({ known, onAdd }: { known: readonly string[]; onAdd: (name: string) => void }) {
  const [name, setName] = useState("");
  const isUsable = /^[a-z][a-z0-9_]{0,59}$/.test(name) && !known.includes(name);
  return (
    <div className={rowEnd}>
      <TextField label={m.column} size="S" value={name} onChange={setName} />
      <Button
        variant="secondary"
        size="S"
        isDisabled={!isUsable}
        onPress={() => {
          onAdd(name);
          setName("");
        }}
      >
        {m.addColumn}
      </Button>
    </div>
  );
}
