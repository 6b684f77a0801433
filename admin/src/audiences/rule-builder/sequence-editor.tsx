import { ActionButton, Switch } from "@react-spectrum/s2";
import ChevronUp from "@react-spectrum/s2/icons/ChevronUp";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { row, stackTight, strong } from "../../ui/styles.ts";
import { AttributePicker } from "./attribute-picker.tsx";
import { useBuilder } from "./builder-context.ts";
import { ChoicePicker } from "./choice-picker.tsx";
import { DurationField } from "./duration-field.tsx";
import { addStep, changeStep, moveStepUp, removeStep } from "./edit-steps.ts";
import { EventNamesPicker } from "./event-names-picker.tsx";
import { emptyGroup, newStepEvent, type SameValue, type SequenceNode, type SequenceStep } from "./rule-model.ts";
import { useFault } from "./tree-context.ts";
import { WhereEditor } from "./where-editor.tsx";
import { WindowField } from "./window-field.tsx";

const m = messages.builder;
const maxSteps = 10;
const list = style({
  listStyleType: "none",
  margin: 0,
  padding: 0,
  display: "flex",
  flexDirection: "column",
  gap: 12,
});
const indented = style({ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 8, paddingStart: 24 });

type Props = { node: SequenceNode; depth: number; onChange: (node: SequenceNode) => void };

/** Events that happened one after the other, each in a time after the one before. */
export function SequenceEditor({ node, depth, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  return (
    <div className={stackTight}>
      <div className={row}>
        <span>{messages.rules.did}</span>
        <WindowField id={node.id} window={node.window} onChange={(window) => onChange({ ...node, window })} />
      </div>
      <ol className={list}>
        {node.steps.map((step, index) => (
          <li key={step.id}>
            <StepEditor node={node} step={step} index={index} depth={depth} onChange={onChange} />
          </li>
        ))}
      </ol>
      {isReadOnly || node.steps.length >= maxSteps ? null : (
        <div>
          <ActionButton size="S" onPress={() => onChange(addStep(node))}>
            {m.addStep}
          </ActionButton>
        </div>
      )}
    </div>
  );
}

type StepProps = Props & { step: SequenceStep; index: number };

function StepEditor({ node, step, index, depth, onChange }: StepProps) {
  const { isReadOnly } = useBuilder();
  const nameFault = useFault(step.id, "name");
  const change = (patch: Partial<SequenceStep>) => onChange(changeStep(node, step.id, patch));
  return (
    <fieldset className={stepFrame} aria-label={m.step(index + 1)}>
      <div className={row}>
        <span className={strong}>{index === 0 ? m.first : m.next}</span>
        <EventNamesPicker
          label={`${m.step(index + 1)}: ${messages.rules.event}`}
          names={step.names}
          onChange={(names) => change({ names })}
          {...nameFault}
        />
        {index === 0 ? null : <WithinField step={step} onChange={change} />}
        {isReadOnly ? null : <StepButtons node={node} step={step} index={index} onChange={onChange} />}
      </div>
      {index === 0 ? null : <StepLimits node={node} step={step} index={index} onChange={change} depth={depth} />}
      <WhereEditor
        where={step.where}
        subjects={["event"]}
        depth={depth}
        onAdd={() => change({ where: emptyGroup() })}
        onChange={(where) => change({ where })}
      />
    </fieldset>
  );
}

const stepFrame = style({
  display: "flex",
  flexDirection: "column",
  gap: 8,
  minWidth: 0,
  margin: 0,
  padding: 8,
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "default",
});

function StepButtons({ node, step, index, onChange }: Omit<StepProps, "depth">) {
  return (
    <>
      <ActionButton
        size="S"
        isQuiet
        aria-label={m.moveStepUp(index + 1)}
        isDisabled={index === 0}
        onPress={() => onChange(moveStepUp(node, index))}
      >
        <ChevronUp />
      </ActionButton>
      <ActionButton
        size="S"
        isQuiet
        aria-label={m.removeStep(index + 1)}
        isDisabled={node.steps.length <= 2}
        onPress={() => onChange(removeStep(node, step.id))}
      >
        <Close />
      </ActionButton>
    </>
  );
}

type Change = (patch: Partial<SequenceStep>) => void;

function WithinField({ step, onChange }: { step: SequenceStep; onChange: Change }) {
  const { isReadOnly } = useBuilder();
  const fault = useFault(step.id, "within");
  return (
    <>
      <Switch
        size="S"
        isDisabled={isReadOnly}
        isSelected={step.within !== undefined}
        onChange={(on) => onChange({ within: on ? "1d" : undefined })}
      >
        {step.within === undefined ? m.anyTime : m.within}
      </Switch>
      {step.within === undefined ? null : (
        <DurationField label={m.hasWithin} value={step.within} onChange={(within) => onChange({ within })} {...fault} />
      )}
    </>
  );
}

type LimitProps = Omit<StepProps, "onChange"> & { onChange: Change };

/** What must not lie between this step and the one before, and what must be the same as on an earlier one. */
function StepLimits({ node, step, index, depth, onChange }: LimitProps) {
  const { isReadOnly } = useBuilder();
  const same = (place: number, next: SameValue | null) =>
    onChange({ same: step.same.flatMap((each, at) => (at === place ? (next ?? []) : each)) });
  return (
    <>
      {step.notBetween.map((event) => (
        <div key={event.id} className={indented}>
          <span>{m.notBetween}</span>
          <EventNamesPicker
            label={`${m.notBetween}: ${messages.rules.event}`}
            names={event.names}
            onChange={(names) => onChange({ notBetween: replaced(step, event.id, { ...event, names }) })}
          />
          {isReadOnly ? null : (
            <ActionButton
              size="S"
              isQuiet
              aria-label={m.removeNotBetween}
              onPress={() => onChange({ notBetween: replaced(step, event.id, null) })}
            >
              <Close />
            </ActionButton>
          )}
          <WhereEditor
            where={event.where}
            subjects={["event"]}
            depth={depth + 1}
            onAdd={() => onChange({ notBetween: replaced(step, event.id, { ...event, where: emptyGroup() }) })}
            onChange={(where) => onChange({ notBetween: replaced(step, event.id, { ...event, where }) })}
          />
        </div>
      ))}
      {step.same.map((each, place) => (
        <SameFields
          // biome-ignore lint/suspicious/noArrayIndexKey: these comparisons have no other name
          key={place}
          node={node}
          index={index}
          same={each}
          onChange={(next) => same(place, next)}
        />
      ))}
      {isReadOnly ? null : (
        <div className={row}>
          <ActionButton
            size="S"
            isQuiet
            onPress={() => onChange({ notBetween: [...step.notBetween, newStepEvent("removeFromCart")] })}
          >
            {m.addNotBetween}
          </ActionButton>
          <ActionButton
            size="S"
            isQuiet
            onPress={() => {
              const path = "event.properties.cartId";
              onChange({ same: [...step.same, { step: index - 1, path, otherPath: path }] });
            }}
          >
            {m.addSame}
          </ActionButton>
        </div>
      )}
    </>
  );
}

function replaced(step: SequenceStep, id: string, next: SequenceStep["notBetween"][number] | null) {
  return step.notBetween.flatMap((event) => (event.id === id ? (next ?? []) : event));
}

type SameProps = {
  node: SequenceNode;
  index: number;
  same: SameValue;
  onChange: (same: SameValue | null) => void;
};

function SameFields({ node, index, same, onChange }: SameProps) {
  const { isReadOnly } = useBuilder();
  const steps = Object.fromEntries(
    node.steps.slice(0, index).map((step, at) => [String(at), `${m.step(at + 1)} (${step.names.join(", ")})`]),
  );
  return (
    <div className={indented}>
      <span>{m.same}</span>
      <AttributePicker
        label={m.samePath}
        path={same.path}
        subjects={["event"]}
        isDisabled={isReadOnly}
        // Mostly the same value has the same name on both events.
        onChange={(path) =>
          onChange({ ...same, path, otherPath: same.otherPath === same.path ? path : same.otherPath })
        }
      />
      <ChoicePicker
        label={m.ofStep}
        choices={steps}
        value={String(same.step)}
        onChange={(step) => onChange({ ...same, step: Number(step) })}
      />
      <AttributePicker
        label={m.otherPath}
        path={same.otherPath}
        subjects={["event"]}
        isDisabled={isReadOnly}
        onChange={(otherPath) => onChange({ ...same, otherPath })}
      />
      {isReadOnly ? null : (
        <ActionButton size="S" isQuiet aria-label={m.removeSame} onPress={() => onChange(null)}>
          <Close />
        </ActionButton>
      )}
    </div>
  );
}
