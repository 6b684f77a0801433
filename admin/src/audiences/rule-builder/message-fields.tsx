import { NumberField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { useBuilder } from "./builder-context.ts";
import { ChoicePicker } from "./choice-picker.tsx";
import { ComparisonPicker } from "./comparison-picker.tsx";
import { type FieldsProps, PlainField, textOf } from "./fields-editor.tsx";
import type { Comparison } from "./rule-model.ts";
import { useFault } from "./tree-context.ts";
import { WindowField } from "./window-field.tsx";

const m = messages.builder;
const countWidth = style({ width: 96 });
const ways = ["channel", "journey", "template"] as const;

/** What became of messages of a channel, a journey or a template, how often and when. */
export function MessageFields({ id, fields, set, replace }: FieldsProps) {
  const { isReadOnly } = useBuilder();
  const by = ways.find((way) => fields[way] !== undefined) ?? "channel";
  const count = (fields["count"] ?? { op: "gte", value: 1 }) as JsonObject;
  const nameFault = useFault(id, by);
  return (
    <>
      <ByFields by={by} fields={fields} set={set} replace={replace} fault={nameFault} />
      <ChoicePicker
        label={m.fields.became}
        choices={m.messageEvents}
        value={textOf(fields["event"])}
        onChange={(event) => set("event", event)}
      />
      <ComparisonPicker
        op={(count["op"] ?? "gte") as Comparison}
        isDisabled={isReadOnly}
        onChange={(op) => set("count", { ...count, op })}
      />
      <NumberField
        aria-label={messages.rules.count}
        size="S"
        minValue={0}
        styles={countWidth}
        isReadOnly={isReadOnly}
        value={Number(count["value"] ?? 1)}
        onChange={(value) => set("count", { ...count, value: Number.isNaN(value) ? 0 : Math.round(value) })}
      />
      <WindowField
        id={id}
        window={fields["window"] as JsonObject | undefined}
        onChange={(window) => set("window", window)}
      />
    </>
  );
}

type ByProps = Omit<FieldsProps, "id"> & { by: (typeof ways)[number]; fault: ReturnType<typeof useFault> };

/** Of channel, journey and template a rule names one. */
function ByFields({ by, fields, set, replace, fault }: ByProps) {
  const { [by]: name, ...others } = fields;
  return (
    <>
      <span>{m.kinds.message.label}</span>
      <ChoicePicker
        label={m.fields.by}
        choices={m.messagesBy}
        value={by}
        onChange={(way) => replace({ ...others, [way]: name ?? "" })}
      />
      <PlainField label={m.fields.byName} value={textOf(name)} onChange={(next) => set(by, next)} {...fault} />
    </>
  );
}
