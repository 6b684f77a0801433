import { Button, NumberField, Switch, TextField } from "@react-spectrum/s2";
import { RuleBuilder } from "../../audiences/rule-builder/rule-builder.tsx";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { DurationField } from "../../ui/duration-field.tsx";
import { Panel } from "../../ui/page.tsx";
import { rowBetween, rowStart, stack, strong } from "../../ui/styles.ts";
import { MailPanel } from "./mail-panel.tsx";
import type { ReminderBody } from "./shapes.ts";
import { StoreViewPanel } from "./store-view-panel.tsx";
import { newTrigger, TriggerFields } from "./trigger-fields.tsx";
import { withField } from "./with-field.ts";

const m = messages.reminders;
const maxTriggers = 10;

export function ReminderForm(props: FormProps<ReminderBody>) {
  const { body, onChange, faults, isReadOnly } = props;
  const { triggers } = body;
  return (
    <>
      <TextField
        label={m.descriptionField}
        description={m.descriptionText}
        value={body.description ?? ""}
        isReadOnly={isReadOnly}
        onChange={(text) => onChange(withField(body, "description", text || undefined))}
        {...invalidProps(faults, "/description")}
      />
      <Panel title={m.occasion}>
        {triggers.length < 2 ? null : (
          <OptionField
            label={m.join}
            value={body.join}
            options={m.joins}
            isReadOnly={isReadOnly}
            onChange={(join) => onChange({ ...body, join })}
          />
        )}
        {triggers.map((trigger, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: occasions have no identity, and their fields hold no state of their own
          <section key={at} className={stack} aria-label={m.occasionAt(at + 1)}>
            <div className={rowBetween}>
              <h3 className={strong}>{m.occasionAt(at + 1)}</h3>
              {isReadOnly || triggers.length === 1 ? null : (
                <Button
                  size="S"
                  variant="secondary"
                  fillStyle="outline"
                  aria-label={m.removeTrigger(at + 1)}
                  onPress={() => onChange({ ...body, triggers: triggers.filter((_, index) => index !== at) })}
                >
                  {m.remove}
                </Button>
              )}
            </div>
            <TriggerFields
              trigger={trigger}
              path={`/triggers/${at}`}
              onChange={(next) =>
                onChange({ ...body, triggers: triggers.map((each, index) => (index === at ? next : each)) })
              }
              faults={faults}
              isReadOnly={isReadOnly}
            />
          </section>
        ))}
        {isReadOnly || triggers.length >= maxTriggers ? null : (
          <Button
            variant="secondary"
            onPress={() => onChange({ ...body, triggers: [...triggers, newTrigger("cart")] })}
          >
            {m.addTrigger}
          </Button>
        )}
      </Panel>
      <SchedulePanel {...props} />
      <MailPanel {...props} />
      <StoreViewPanel {...props} />
      <WhoPanel {...props} />
    </>
  );
}

function SchedulePanel({ body, onChange, faults, isReadOnly }: FormProps<ReminderBody>) {
  return (
    <Panel title={m.schedule}>
      <div className={rowStart}>
        <TextField
          label={m.repeat}
          description={m.repeatText}
          value={body.repeat ?? ""}
          isReadOnly={isReadOnly}
          onChange={(repeat) => onChange(withField(body, "repeat", repeat || undefined))}
          {...invalidProps(faults, "/repeat")}
        />
        <TextField
          label={m.timezone}
          description={m.timezoneText}
          value={body.timezone ?? ""}
          isReadOnly={isReadOnly}
          onChange={(zone) => onChange(withField(body, "timezone", zone || undefined))}
          {...invalidProps(faults, "/timezone")}
        />
        <DurationField
          label={m.quietPeriod}
          least={0}
          value={body.quietPeriod ?? "7d"}
          isReadOnly={isReadOnly}
          onChange={(quietPeriod) => onChange({ ...body, quietPeriod })}
          {...invalidProps(faults, "/quietPeriod")}
        />
      </div>
      <Switch
        isSelected={body.repeatable !== false}
        isDisabled={isReadOnly}
        onChange={(on) => onChange({ ...body, repeatable: on })}
      >
        {m.repeatable}
      </Switch>
    </Panel>
  );
}

function WhoPanel({ body, onChange, faults, isReadOnly }: FormProps<ReminderBody>) {
  return (
    <Panel title={m.who}>
      <Switch
        isSelected={body.guests === true}
        isDisabled={isReadOnly}
        onChange={(on) => onChange({ ...body, guests: on })}
      >
        {m.guests}
      </Switch>
      <div className={rowStart}>
        <NumberField
          label={m.control}
          description={m.controlText}
          minValue={0}
          maxValue={50}
          value={Math.round((body.controlShare ?? 0) * 1000) / 10}
          isReadOnly={isReadOnly}
          onChange={(percent) =>
            onChange({ ...body, controlShare: Number.isNaN(percent) ? 0 : Math.round(percent * 10) / 1000 })
          }
          {...invalidProps(faults, "/controlShare")}
        />
      </div>
      <Switch
        isSelected={body.rule !== undefined}
        isDisabled={isReadOnly}
        onChange={(on) => onChange(withField(body, "rule", on ? { all: [] } : undefined))}
      >
        {m.alsoRule}
      </Switch>
      {body.rule === undefined ? null : (
        <RuleBuilder rule={body.rule} isReadOnly={isReadOnly} onChange={(rule) => onChange({ ...body, rule })} />
      )}
    </Panel>
  );
}
