import { ActionButton, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../../api/client.ts";
import { messages } from "../../messages.data.ts";
import { muted, plainList, rowBetween, rowEnd, stackTight, strong } from "../../ui/styles.ts";
import { AddField } from "./add-field.tsx";
import { FieldRow, rowGrid } from "./field-row.tsx";
import {
  faultOfField,
  fieldsOf,
  listPathOf,
  rowsOf,
  valueAt,
  valueText,
  withFields,
  withListPath,
  withoutSection,
} from "./mapping-model.ts";
import type { Fields, Mapping, Preview, Section } from "./shapes.ts";

const m = messages.connectors.mapping;
const head = style({ display: { default: "none", lg: "block" }, font: "detail-sm", color: "neutral-subdued" });
const subTitle = style({ font: "title-xs", color: "heading", margin: 0 });
const pathWidth = style({ width: 240 });

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
            seen={seenIn(props.preview, section, target.path)}
            fault={faultOfField(props.faults, section, target.path)}
            isReadOnly={isReadOnly}
            onChange={(source) => change({ ...fields, [target.path]: source })}
            onRemove={() => {
              const { [target.path]: _removed, ...others } = fields;
              change(others);
            }}
          />
        ))}
      </ul>
      {isReadOnly ? null : (
        <AddField mapping={mapping} section={section} onAdd={(path) => change({ ...fields, [path]: "" })} />
      )}
    </section>
  );
}

const envelope = new Set(["externalId", "updatedAt", "deleted"]);

function seenIn(preview: Preview | undefined, section: Section, path: string): string | undefined {
  const record = preview?.records.find((one) => one.record !== null)?.record;
  if (!record) return undefined;
  if (section === "fields" && envelope.has(path)) return valueText(valueAt({ ...record }, section, path));
  return valueText(valueAt(record.fields, section, path));
}
