import { Checkbox, CheckboxGroup, NumberField, Switch } from "@react-spectrum/s2";
import type { Fault } from "../../api/client.ts";
import { RuleBuilder } from "../../audiences/rule-builder/rule-builder.tsx";
import { invalidProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { DurationField } from "../../ui/duration-field.tsx";
import { rowStart } from "../../ui/styles.ts";
import type { BackInStockSource, Trigger } from "./shapes.ts";

const m = messages.reminders;
/** Of what passed before an occasion; it may be twice as long ago at most. */
const longestDays = 365;
const sources: readonly BackInStockSource[] = ["viewed", "wishlist", "cart"];

type Props = {
  trigger: Trigger;
  onChange: (trigger: Trigger) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
  path: string;
};

export function newTrigger(kind: Trigger["kind"]): Trigger {
  switch (kind) {
    case "cart":
    case "wishlist":
      return { kind, after: "1d" };
    case "browse":
      return { kind, after: "1d", within: "7d" };
    case "replenishment":
      return { kind, after: "30d", within: "60d" };
    case "price_drop":
      return { kind, percent: 10 };
    case "back_in_stock":
      return { kind, within: "7d" };
  }
}

/** One occasion of a reminder. */
export function TriggerFields({ trigger, onChange, faults, isReadOnly, path }: Props) {
  const setWhere = (on: boolean) => {
    const { where: _where, ...others } = trigger;
    onChange(on ? { ...others, where: { all: [] } } : others);
  };
  return (
    <>
      <div className={rowStart}>
        <OptionField
          label={m.trigger}
          value={trigger.kind}
          options={m.triggers}
          isReadOnly={isReadOnly}
          onChange={(kind) => onChange(newTrigger(kind))}
        />
        {trigger.kind === "price_drop" ? (
          <NumberField
            label={m.percent}
            minValue={1}
            maxValue={99}
            value={trigger.percent}
            isReadOnly={isReadOnly}
            onChange={(percent) => onChange({ ...trigger, percent: Number.isNaN(percent) ? 1 : Math.round(percent) })}
          />
        ) : trigger.kind === "back_in_stock" ? null : (
          <DurationField
            label={m.afters[trigger.kind]}
            mostDays={longestDays}
            value={trigger.after}
            isReadOnly={isReadOnly}
            onChange={(after) => onChange({ ...trigger, after })}
            {...invalidProps(faults, `${path}/after`)}
          />
        )}
        {"within" in trigger ? (
          <DurationField
            label={m.within}
            mostDays={2 * longestDays}
            value={trigger.within}
            isReadOnly={isReadOnly}
            onChange={(within) => onChange({ ...trigger, within })}
            {...invalidProps(faults, `${path}/within`)}
          />
        ) : null}
      </div>
      {trigger.kind === "back_in_stock" ? (
        <CheckboxGroup
          label={m.metIn}
          orientation="horizontal"
          isDisabled={isReadOnly}
          value={[...(trigger.of ?? sources)]}
          // A rule about nothing is none: the last choice stays.
          onChange={(of) =>
            of.length === 0 ? undefined : onChange({ ...trigger, of: sources.filter((each) => of.includes(each)) })
          }
        >
          {sources.map((source) => (
            <Checkbox key={source} value={source}>
              {m.sources[source]}
            </Checkbox>
          ))}
        </CheckboxGroup>
      ) : null}
      <Switch isSelected={trigger.where !== undefined} isDisabled={isReadOnly} onChange={setWhere}>
        {m.productRule}
      </Switch>
      {trigger.where === undefined ? null : (
        <RuleBuilder
          rule={trigger.where}
          isReadOnly={isReadOnly}
          onChange={(where) => onChange({ ...trigger, where })}
        />
      )}
    </>
  );
}
