import { Switch, TextField } from "@react-spectrum/s2";
import { BuilderContext, useBuilder } from "../audiences/rule-builder/builder-context.ts";
import { RuleBuilder } from "../audiences/rule-builder/rule-builder.tsx";
import { WindowField } from "../audiences/rule-builder/window-field.tsx";
import { faultAt, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart, stackTight } from "../ui/styles.ts";
import { EventNamesField } from "./event-names-field.tsx";
import { eventsOf, isAboutLines, takesPath, withEvents, withField } from "./trait-body.ts";
import type { TraitFormProps } from "./trait-form.tsx";
import { ValueFields } from "./value-fields.tsx";

const m = messages.traits;

/** Which events count, which of them, which value of each, and in which time. */
export function EventFields(props: TraitFormProps) {
  const { body, onChange, faults, isReadOnly } = props;
  const eventFault = faultAt(faults, "/events") ?? faultAt(faults, "/event");
  return (
    <>
      <Panel title={m.from}>
        <EventNamesField
          values={eventsOf(body)}
          isReadOnly={isReadOnly}
          errorMessage={eventFault?.message}
          onChange={(names) => onChange(withEvents(body, names))}
        />
        <Conditions {...props} />
      </Panel>
      {takesPath(body.kind) === "never" ? null : <ValueFields {...props} />}
      <Panel title={m.window} description={m.windowText}>
        <WindowOf {...props} />
        <div className={rowStart}>
          <TextField
            label={m.timezone}
            description={m.timezoneText}
            value={body.timezone ?? ""}
            isReadOnly={isReadOnly}
            onChange={(zone) => onChange(withField(body, "timezone", zone))}
            {...invalidProps(faults, "/timezone")}
          />
        </div>
      </Panel>
    </>
  );
}

function WindowOf({ body, onChange, faults, isReadOnly }: TraitFormProps) {
  const builder = useBuilder();
  const fault = faultAt(faults, "/window");
  return (
    <BuilderContext value={{ ...builder, isReadOnly }}>
      <WindowField window={body.window} onChange={(window) => onChange(withField(body, "window", window))} />
      {fault ? <p role="alert">{fault.message}</p> : null}
    </BuilderContext>
  );
}

/** Conditions on the event, and on its product lines where those are looked at. */
function Conditions({ body, onChange, faults, isReadOnly }: TraitFormProps) {
  const countsLines = body.kind === "count";
  const hasLines = isAboutLines(body);
  const lineWhere = body.lines?.where;
  const whereFault = faultAt(faults, "/where") ?? faultAt(faults, "/lines");
  return (
    <div className={stackTight}>
      <Switch
        isSelected={body.where !== undefined}
        isDisabled={isReadOnly}
        onChange={(on) => onChange(withField(body, "where", on ? { all: [] } : undefined))}
      >
        {m.onlyEvents}
      </Switch>
      {body.where === undefined ? null : (
        <RuleBuilder
          rule={body.where}
          subjects={["event"]}
          isReadOnly={isReadOnly}
          onChange={(where) => onChange({ ...body, where })}
        />
      )}
      {countsLines ? (
        <Switch
          isSelected={body.lines !== undefined}
          isDisabled={isReadOnly}
          onChange={(on) => onChange(withField(body, "lines", on ? {} : undefined))}
        >
          {m.countLines}
        </Switch>
      ) : null}
      {hasLines ? (
        <Switch
          isSelected={lineWhere !== undefined}
          isDisabled={isReadOnly}
          onChange={(on) => {
            const none = countsLines ? {} : undefined;
            onChange(withField(body, "lines", on ? { where: { all: [] } } : none));
          }}
        >
          {m.onlyLines}
        </Switch>
      ) : null}
      {hasLines && lineWhere !== undefined ? (
        <RuleBuilder
          rule={lineWhere}
          subjects={["item", "product"]}
          elements="event"
          isReadOnly={isReadOnly}
          onChange={(where) => onChange({ ...body, lines: { where } })}
        />
      ) : null}
      {whereFault ? (
        <p role="alert" className={muted}>
          {whereFault.message}
        </p>
      ) : null}
    </div>
  );
}
