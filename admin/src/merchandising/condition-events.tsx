import { ActionButton, Button, NumberField, Text } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import ChevronUp from "@react-spectrum/s2/icons/ChevronUp";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../api/client.ts";
import { RuleBuilder } from "../audiences/rule-builder/rule-builder.tsx";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, plainList, row, rowEnd, stackTight } from "../ui/styles.ts";
import { faultsBelow } from "./faults-below.ts";
import type { ConditionEvent } from "./shapes.ts";

const m = messages.merchandising.byCondition;
const maxConditions = 20;
const products = ["product"];
const defaultFactor = { boost: 4, bury: 0.1 } as const;
const actionWidth = style({ width: 144 });
const factorWidth = style({ width: 120 });
const box = style({
  display: "flex",
  flexDirection: "column",
  gap: 12,
  minWidth: 0,
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "default",
  padding: 12,
});

type Props = {
  events: readonly ConditionEvent[];
  /** Of what is said of single products, which stand before these in the body. */
  offset: number;
  onChange: (events: readonly ConditionEvent[]) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Boosts, buries and hides of whatever fits a condition; earlier ones count first. */
export function ConditionEvents({ events, offset, onChange, faults, isReadOnly }: Props) {
  const replace = (index: number, next: ConditionEvent | null) =>
    onChange(events.flatMap((event, at) => (at !== index ? [event] : next ? [next] : [])));
  const raise = (index: number) => {
    const list = [...events];
    const [moved] = list.splice(index, 1);
    if (moved) list.splice(index - 1, 0, moved);
    onChange(list);
  };
  return (
    <Panel title={m.title} description={m.text}>
      {events.length === 0 ? <p className={muted}>{m.none}</p> : null}
      <ol className={plainList}>
        {events.map((event, index) => (
          // Conditions have no name of their own; their place is what they are known by.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} className={box} aria-label={m.name(index + 1, m.actions[event.action])}>
            <Condition
              number={index + 1}
              event={event}
              at={`/events/${offset + index}`}
              faults={faults}
              isReadOnly={isReadOnly}
              onChange={(next) => replace(index, next)}
              onRaise={index === 0 ? null : () => raise(index)}
            />
          </li>
        ))}
      </ol>
      {isReadOnly ? null : (
        <div className={row}>
          <Button
            variant="secondary"
            size="S"
            isDisabled={events.length >= maxConditions}
            onPress={() => onChange([...events, { action: "boost", where: { all: [] } }])}
          >
            <Add />
            <Text>{m.add}</Text>
          </Button>
        </div>
      )}
    </Panel>
  );
}

type ConditionProps = {
  number: number;
  event: ConditionEvent;
  at: string;
  faults: readonly Fault[];
  isReadOnly: boolean;
  onChange: (event: ConditionEvent | null) => void;
  onRaise: (() => void) | null;
};

function Condition({ number, event, at, faults, isReadOnly, onChange, onRaise }: ConditionProps) {
  const { action, where, factor } = event;
  return (
    <div className={stackTight}>
      <div className={rowEnd}>
        <ChoiceField
          label={m.action}
          styles={actionWidth}
          isReadOnly={isReadOnly}
          choices={(["boost", "bury", "hide"] as const).map((key) => ({ key, label: m.actions[key] }))}
          value={action}
          // A factor of the other kind would be refused: each starts with its own default.
          onChange={(next) => onChange({ action: next as ConditionEvent["action"], where })}
        />
        {action === "hide" ? null : (
          <NumberField
            label={m.factor}
            styles={factorWidth}
            minValue={action === "boost" ? 1.001 : 0.001}
            maxValue={action === "boost" ? 100 : 0.999}
            step={0.001}
            value={factor ?? defaultFactor[action]}
            isReadOnly={isReadOnly}
            onChange={(next) => onChange({ ...event, factor: Number.isNaN(next) ? defaultFactor[action] : next })}
            {...invalidProps(faults, `${at}/factor`)}
          />
        )}
        {isReadOnly || onRaise === null ? null : (
          <ActionButton isQuiet aria-label={m.earlier(number)} onPress={onRaise}>
            <ChevronUp />
          </ActionButton>
        )}
        {isReadOnly ? null : (
          <ActionButton isQuiet aria-label={m.remove(number)} onPress={() => onChange(null)}>
            <Close />
          </ActionButton>
        )}
      </div>
      <RuleBuilder
        rule={where}
        subjects={products}
        isReadOnly={isReadOnly}
        faults={faultsBelow(faults, `${at}/where`)}
        onChange={(next) => onChange({ ...event, where: next })}
      />
    </div>
  );
}
