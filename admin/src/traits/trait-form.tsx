import { Header, Heading, Picker, PickerItem, PickerSection, Text, TextArea } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted } from "../ui/styles.ts";
import { EventFields } from "./event-fields.tsx";
import { FormulaFields } from "./formula-fields.tsx";
import { AffinityFields, PredictionFields, WrittenFields } from "./other-fields.tsx";
import { QueryFields } from "./query-fields.tsx";
import {
  eventKinds,
  isEventKind,
  otherKinds,
  type TraitBody,
  type TraitKindName,
  withField,
  withKind,
} from "./trait-body.ts";

const m = messages.traits;
const wide = style({ width: "full" });
const kindWidth = style({ width: 280 });

export type TraitFormProps = FormProps<TraitBody>;

export function TraitForm(props: TraitFormProps) {
  const { body, onChange, faults, isReadOnly } = props;
  return (
    <>
      <Panel title={m.what}>
        <KindPicker kind={body.kind} isReadOnly={isReadOnly} onChange={(kind) => onChange(withKind(body, kind))} />
        <p className={muted}>{m.kinds[body.kind]?.text}</p>
        <TextArea
          label={m.description}
          styles={wide}
          maxLength={2000}
          value={body.description ?? ""}
          isReadOnly={isReadOnly}
          onChange={(text) => onChange(withField(body, "description", text))}
          {...invalidProps(faults, "/description")}
        />
      </Panel>
      <KindFields {...props} />
    </>
  );
}

function KindFields(props: TraitFormProps) {
  const { kind } = props.body;
  if (isEventKind(kind)) return <EventFields {...props} />;
  switch (kind) {
    case "trait":
      return <WrittenFields {...props} />;
    case "affinity":
      return <AffinityFields {...props} />;
    case "formula":
      return <FormulaFields {...props} />;
    case "sql":
      return <QueryFields {...props} />;
    case "prediction":
      return <PredictionFields {...props} />;
    default:
      return null;
  }
}

type KindProps = { kind: TraitKindName; isReadOnly: boolean; onChange: (kind: TraitKindName) => void };

function KindPicker({ kind, isReadOnly, onChange }: KindProps) {
  const groups = [
    { id: "events", label: m.groups.events, kinds: eventKinds },
    { id: "other", label: m.groups.other, kinds: otherKinds },
  ] as const;
  const all: readonly TraitKindName[] = [...eventKinds, ...otherKinds];
  return (
    <Picker
      label={m.kindLabel}
      styles={kindWidth}
      menuWidth={440}
      isDisabled={isReadOnly}
      selectedKey={kind}
      onSelectionChange={(key) => onChange(all.find((known) => known === key) ?? kind)}
    >
      {groups.map((group) => (
        <PickerSection key={group.id} id={group.id}>
          <Header>
            <Heading>{group.label}</Heading>
          </Header>
          {group.kinds.map((name) => (
            <PickerItem key={name} id={name} textValue={m.kinds[name].label}>
              <Text slot="label">{m.kinds[name].label}</Text>
              <Text slot="description">{m.kinds[name].text}</Text>
            </PickerItem>
          ))}
        </PickerSection>
      ))}
    </Picker>
  );
}
