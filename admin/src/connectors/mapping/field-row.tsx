import { ActionButton, DialogContainer, Picker, PickerItem, Text } from "@react-spectrum/s2";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { Fault } from "../../api/client.ts";
import { messages } from "../../messages.data.ts";
import { mono, muted, mutedXs, strong } from "../../ui/styles.ts";
import { describeReading } from "./describe-reading.ts";
import { toDetailed, toSource, type Way, wayOf, withWay } from "./mapping-model.ts";
import { ReadingDialog } from "./reading-dialog.tsx";
import type { FieldSource } from "./shapes.ts";
import { SourceField } from "./source-field.tsx";
import { targetLabel } from "./target-label.ts";
import type { Target } from "./targets.data.ts";

const m = messages.connectors.mapping;
const ways: readonly Way[] = ["column", "value", "template"];

/** Columns of the form; below 1024 px the reading and the example stand below the field. */
export const rowGrid = style({
  display: "grid",
  gridTemplateColumns: {
    default: "minmax(120px, 1fr) 116px minmax(140px, 1.2fr) 116px",
    lg: "minmax(120px, 1fr) 116px minmax(140px, 1.2fr) minmax(80px, 1fr) 116px",
  },
  columnGap: 12,
  rowGap: 2,
  alignItems: "center",
});
const line = style({
  paddingY: 8,
  borderWidth: 0,
  borderBottomWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-100",
});
const actions = style({ display: "flex", justifyContent: "end", gap: 4 });
const wide = style({ width: "full" });
const example = style({ display: { default: "none", lg: "block" }, minWidth: 0, overflow: "hidden" });
const oneLine = style({ overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" });
const faultText = style({ font: "body-xs", color: "negative", margin: 0 });

type Props = {
  target: Target;
  source: FieldSource | undefined;
  columns: readonly string[];
  /** What the first record has in this field; undefined = not known. */
  seen: string | undefined;
  fault: Fault | undefined;
  isReadOnly: boolean;
  /** Added just now: what fills it is asked next. */
  isNew: boolean;
  onChange: (source: FieldSource) => void;
  onRemove: () => void;
};

/** One field: what fills it, how it is read, what the first row makes of it. */
export function FieldRow(props: Props) {
  const { target, source, columns, seen, fault, isReadOnly, onChange, onRemove } = props;
  const [isOpen, setOpen] = useState(false);
  const label = targetLabel(target.path);
  const detailed = toDetailed(source ?? "");
  const reading = describeReading(detailed);
  return (
    <li className={line}>
      <div className={rowGrid}>
        <div>
          <div className={strong}>{target.isRequired ? `${label} *` : label}</div>
          {label === target.path ? null : <code className={`${mono} ${mutedXs}`}>{target.path}</code>}
        </div>
        <Picker
          aria-label={m.wayOf(label)}
          size="S"
          styles={wide}
          isDisabled={isReadOnly}
          selectedKey={wayOf(detailed)}
          onSelectionChange={(key) => {
            const way = ways.find((known) => known === key);
            if (way) onChange(toSource(withWay(detailed, way)));
          }}
        >
          {ways.map((way) => (
            <PickerItem key={way} id={way}>
              {m.ways[way]}
            </PickerItem>
          ))}
        </Picker>
        <SourceField
          label={m.source(label)}
          source={detailed}
          columns={columns}
          isReadOnly={isReadOnly}
          isInvalid={fault !== undefined}
          autoFocus={props.isNew}
          onChange={(next) => onChange(toSource(next))}
        />
        <div className={example}>
          <div className={`${muted} ${oneLine}`} title={seen}>
            {seen === undefined ? "" : seen === "" ? m.noValue : seen}
          </div>
        </div>
        <div className={actions}>
          <ActionButton
            size="S"
            isQuiet={reading === ""}
            isDisabled={isReadOnly}
            aria-label={m.changeOf(label)}
            onPress={() => setOpen(true)}
          >
            <Text>{m.change}</Text>
          </ActionButton>
          <ActionButton size="S" isQuiet isDisabled={isReadOnly} aria-label={m.removeField(label)} onPress={onRemove}>
            <Close />
          </ActionButton>
        </div>
      </div>
      {reading === "" ? null : <p className={mutedXs}>{reading}</p>}
      {fault ? (
        <p className={faultText} role="alert">
          {fault.message}
        </p>
      ) : null}
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? (
          <ReadingDialog
            target={target}
            source={detailed}
            onChange={(next) => onChange(toSource(next))}
            onClose={() => setOpen(false)}
          />
        ) : null}
      </DialogContainer>
    </li>
  );
}
