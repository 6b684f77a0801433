import { NumberField, Switch, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";
import type { Json, JsonObject } from "../../api/shapes.ts";
import { formatShare } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { muted, row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { ChoicePicker } from "./choice-picker.tsx";
import { DurationField } from "./duration-field.tsx";
import { GeoFields } from "./geo-fields.tsx";
import { MessageFields } from "./message-fields.tsx";
import { ListField } from "./reference-field.tsx";
import type { FieldsNode } from "./rule-model.ts";
import { useFault } from "./tree-context.ts";

const m = messages.builder;
const f = m.fields;
const buckets = 10_000;
const numberWidth = style({ width: 96 });

type Props = { node: FieldsNode; onChange: (node: FieldsNode) => void };
export type FieldsProps = {
  id: string;
  fields: JsonObject;
  set: (name: string, value: Json | undefined) => void;
  replace: (fields: JsonObject) => void;
};

/** Leaves of a few plain fields. */
export function FieldsEditor({ node, onChange }: Props) {
  const set = (name: string, value: Json | undefined) => {
    const { [name]: _old, ...others } = node.fields;
    onChange({ ...node, fields: value === undefined ? others : { ...node.fields, [name]: value } });
  };
  const replace = (fields: JsonObject) => onChange({ ...node, fields });
  return <div className={row}>{fieldsOf(node, { id: node.id, fields: node.fields, set, replace })}</div>;
}

function fieldsOf(node: FieldsNode, props: FieldsProps): ReactNode {
  switch (node.name) {
    case "consent":
      return <ConsentFields {...props} />;
    case "subscription":
      return <SubscriptionFields {...props} />;
    case "journey":
      return <JourneyFields {...props} />;
    case "message":
      return <MessageFields {...props} />;
    case "bucket":
      return <BucketFields {...props} />;
    case "list":
      return <ListFields {...props} />;
    case "geo":
      return <GeoFields {...props} />;
  }
}

function ConsentFields({ id, fields, set }: FieldsProps) {
  return (
    <>
      <span>{m.kinds.consent.label}</span>
      <ChoicePicker
        label={f.category}
        choices={m.categories}
        value={textOf(fields["category"])}
        onChange={(category) => set("category", category)}
        {...useFault(id, "category")}
      />
      <ChoicePicker
        label={f.status}
        choices={m.consents}
        value={textOf(fields["status"])}
        onChange={(status) => set("status", status)}
      />
      <PlainField
        label={f.channel}
        placeholder={f.anyChannel}
        value={textOf(fields["channel"])}
        onChange={(channel) => set("channel", channel === "" ? undefined : channel)}
        {...useFault(id, "channel")}
      />
    </>
  );
}

function SubscriptionFields({ id, fields, set }: FieldsProps) {
  return (
    <>
      <PlainField
        label={f.group}
        placeholder={f.group}
        value={textOf(fields["group"])}
        onChange={(group) => set("group", group)}
        {...useFault(id, "group")}
      />
      <ChoicePicker
        label={f.status}
        choices={m.subscriptions}
        value={textOf(fields["status"])}
        onChange={(status) => set("status", status)}
      />
    </>
  );
}

function JourneyFields({ id, fields, set }: FieldsProps) {
  const { isReadOnly } = useBuilder();
  const within = fields["within"];
  const withinFault = useFault(id, "within");
  return (
    <>
      <PlainField
        label={f.journey}
        placeholder={f.journey}
        value={textOf(fields["id"])}
        onChange={(journey) => set("id", journey)}
        {...useFault(id, "id")}
      />
      <ChoicePicker
        label={f.state}
        choices={m.journeys}
        value={textOf(fields["state"])}
        onChange={(state) => set("state", state)}
      />
      <Switch
        size="S"
        isDisabled={isReadOnly}
        isSelected={within !== undefined}
        onChange={(on) => set("within", on ? "30d" : undefined)}
      >
        {f.within}
      </Switch>
      {within === undefined ? null : (
        <DurationField
          label={f.hasWithin}
          value={textOf(within)}
          onChange={(next) => set("within", next)}
          {...withinFault}
        />
      )}
    </>
  );
}

function BucketFields({ id, fields, set }: FieldsProps) {
  const { isReadOnly } = useBuilder();
  const from = Number(fields["from"]);
  const to = Number(fields["to"]);
  const toFault = useFault(id, "to");
  const saltFault = useFault(id, "salt");
  const bound = (name: "from" | "to", label: string, value: number) => (
    <NumberField
      aria-label={label}
      size="S"
      styles={numberWidth}
      minValue={0}
      maxValue={buckets}
      isReadOnly={isReadOnly}
      value={value}
      onChange={(next) => set(name, Number.isNaN(next) ? 0 : Math.round(next))}
      {...(name === "to" ? toFault : {})}
    />
  );
  return (
    <>
      <PlainField
        label={f.salt}
        placeholder={f.salt}
        value={textOf(fields["salt"])}
        onChange={(salt) => set("salt", salt)}
        {...saltFault}
      />
      {bound("from", f.from, from)}
      <span>{messages.rules.to}</span>
      {bound("to", f.to, to)}
      <span className={muted}>
        {f.share(formatShare(Math.max(0, to - from) / buckets))}. {f.saltText}.
      </span>
    </>
  );
}

function ListFields({ id, fields, set }: FieldsProps) {
  return (
    <>
      <span>{m.kinds.list.label}</span>
      <ListField value={textOf(fields["id"])} onChange={(list) => set("id", list)} {...useFault(id, "id")} />
    </>
  );
}

type PlainProps = {
  label: string;
  value: string;
  onChange: (text: string) => void;
  placeholder?: string;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

export function PlainField({ label, ...props }: PlainProps) {
  const { isReadOnly } = useBuilder();
  return <TextField aria-label={label} size="S" maxLength={1000} isReadOnly={isReadOnly} {...props} />;
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
