import { ActionButton, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { Fault } from "../../api/client.ts";
import { messages } from "../../messages.data.ts";
import { muted, plainList, rowBetween, rowEnd, stackTight, strong } from "../../ui/styles.ts";
import { AddField } from "./add-field.tsx";
import { FieldRow, rowGrid } from "./field-row.tsx";
import {
  columnsOf,
  faultOfField,
  fieldsOf,
  listPathOf,
  rowsOf,
  toDetailed,
  valueAt,
  valueText,
  withFields,
  withListPath,
  withoutSection,
} from "./mapping-model.ts";
import type { FieldSource, Fields, Mapping, Preview, Section } from "./shapes.ts";

const m = messages.connectors.mapping;
const head = style({ display: { default: "none", lg: "block" }, font: "detail-sm", color: "neutral-subdued" });
const subTitle = style({ font: "title-xs", color: "heading", margin: 0 });
const pathWidth = style({ width: 360 });

export type SectionProps = {
  mapping: Mapping;
  section: Section;
  columns: readonly string[];
  preview: Preview | undefined;
  faults: readonly Fault[];
  isReadOnly: boolean;
  onChange: (mapping: Mapping) => void;
};

/** The fields of the record itself, or of one of its lists. */
export function MappingSection(props: SectionProps) {
  const { mapping, section, isReadOnly, onChange } = props;
  const fields = fieldsOf(mapping, section);
  const [added, setAdded] = useState("");
  const change = (next: Fields) => onChange(withFields(mapping, section, next));
  return (
    <section className={stackTight} aria-label={m.sections[section]}>
      <div className={rowBetween}>
        <h3 className={subTitle}>{m.sections[section]}</h3>
        {section === "fields" || isReadOnly ? null : (
          <div className={rowEnd}>
            <TextField
              label={m.listPath}
              labelPosition="side"
              size="S"
              styles={pathWidth}
              placeholder={m.listPathText}
              value={listPathOf(mapping, section)}
              onChange={(path) => onChange(withListPath(mapping, section, path))}
            />
            <ActionButton size="S" onPress={() => onChange(withoutSection(mapping, section))}>
              {m.removeSection(m.sections[section])}
            </ActionButton>
          </div>
        )}
      </div>
      <div className={`${head} ${muted}`} aria-hidden="true">
        <div className={rowGrid}>
          <span>{m.field}</span>
          <span className={strong} />
          <span>{m.from}</span>
          <span>{props.preview?.records.length ? m.firstRow : ""}</span>
          <span />
        </div>
      </div>
      <ul className={plainList}>
        {rowsOf(mapping, section).map((target) => (
          <FieldRow
            key={target.path}
            target={target}
            source={fields[target.path]}
            columns={props.columns}
            seen={seenIn(props.preview, section, target.path, fields[target.path])}
            fault={faultOfField(props.faults, section, target.path)}
            isReadOnly={isReadOnly}
            isNew={target.path === added}
            onChange={(source) => change({ ...fields, [target.path]: source })}
            onRemove={() => {
              const { [target.path]: _removed, ...others } = fields;
              change(others);
            }}
          />
        ))}
      </ul>
      {isReadOnly ? null : (
        <AddField
          mapping={mapping}
          section={section}
          onAdd={(path) => {
            setAdded(path);
            change({ ...fields, [path]: "" });
          }}
        />
      )}
    </section>
  );
}

const envelope = new Set(["externalId", "updatedAt", "deleted"]);

/** What the first record has in a field; as long as no row makes a record, what stands in the column. */
function seenIn(
  preview: Preview | undefined,
  section: Section,
  path: string,
  source: FieldSource | undefined,
): string | undefined {
  const record = preview?.records.find((one) => one.record !== null)?.record;
  if (record) {
    const isEnvelope = section === "fields" && envelope.has(path);
    return valueText(valueAt(isEnvelope ? { ...record } : record.fields, section, path));
  }
  const [column] = columnsOf(toDetailed(source ?? ""));
  const value = column === undefined ? undefined : preview?.sample[0]?.[column];
  return value === undefined ? undefined : valueText(value);
}
