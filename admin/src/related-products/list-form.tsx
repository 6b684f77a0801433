import { NumberField, Switch, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { AudiencesField } from "../audiences/audiences-field.tsx";
import { RuleBuilder } from "../audiences/rule-builder/rule-builder.tsx";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { PlacedFields } from "../decisions/placed-fields.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { faultsBelow } from "../merchandising/faults-below.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart } from "../ui/styles.ts";
import { listNames, type RelatedListBody, rotations, shows } from "./shapes.ts";

const m = messages.related;
const wide = style({ width: 240 });
const maxProducts = 20;
const standardMaximum = 6;

/** How long a list is, what comes first in it, where it stands, and who sees it. */
export function RelatedListForm(props: FormProps<RelatedListBody>) {
  return (
    <>
      <Settings {...props} />
      <Place {...props} />
      <Who {...props} />
    </>
  );
}

function Settings({ body, onChange, faults, isReadOnly }: FormProps<RelatedListBody>) {
  const set = (patch: Partial<RelatedListBody>) => onChange({ ...body, ...patch });
  return (
    <Panel title={m.settings}>
      <div className={rowStart}>
        <ChoiceField
          label={m.applyTo}
          styles={wide}
          isReadOnly={isReadOnly}
          value={body.list}
          choices={listNames.map((key) => ({ key, ...m.names[key] }))}
          onChange={(key) => set({ list: listNames.find((each) => each === key) ?? "related" })}
        />
        <NumberField
          label={m.maximum}
          description={m.maximumText}
          minValue={1}
          maxValue={maxProducts}
          value={body.maximum ?? standardMaximum}
          isReadOnly={isReadOnly}
          onChange={(maximum) => set({ maximum: Number.isNaN(maximum) ? standardMaximum : Math.round(maximum) })}
          {...invalidProps(faults, "/maximum")}
        />
        <ChoiceField
          label={m.show}
          styles={wide}
          isReadOnly={isReadOnly}
          value={body.show ?? "both"}
          choices={shows.map((key) => ({ key, ...m.shows[key] }))}
          onChange={(key) => set({ show: shows.find((each) => each === key) ?? "both" })}
        />
        <ChoiceField
          label={m.rotation}
          styles={wide}
          isReadOnly={isReadOnly || body.show === "selected"}
          value={body.rotation ?? "priority-then-id"}
          choices={rotations.map((key) => ({ key, ...m.rotations[key] }))}
          onChange={(key) => set({ rotation: rotations.find((each) => each === key) ?? "priority-then-id" })}
        />
      </div>
      {body.list === "crosssell" ? (
        <p className={muted}>{m.excludeCartAlways}</p>
      ) : (
        <Switch
          isSelected={body.excludeCart ?? true}
          isDisabled={isReadOnly}
          onChange={(excludeCart) => set({ excludeCart })}
        >
          {m.excludeCart}
        </Switch>
      )}
    </Panel>
  );
}

function Place({ body, onChange, faults, isReadOnly }: FormProps<RelatedListBody>) {
  const set = (patch: Partial<RelatedListBody>) => onChange({ ...body, ...patch });
  return (
    <Panel title={m.place}>
      <div className={rowStart}>
        <PlacedFields kind="related-products" body={body} onChange={set} faults={faults} isReadOnly={isReadOnly} />
        <TextField
          label={m.label}
          description={m.labelText}
          value={body.label}
          isReadOnly={isReadOnly}
          onChange={(label) => set({ label })}
          {...invalidProps(faults, "/label")}
        />
      </div>
    </Panel>
  );
}

function Who({ body, onChange, faults, isReadOnly }: FormProps<RelatedListBody>) {
  const { rule, ...others } = body;
  return (
    <Panel title={m.who} description={m.whoText}>
      <AudiencesField
        values={body.audiences}
        isReadOnly={isReadOnly}
        faults={faults}
        onChange={(audiences) => onChange({ ...body, audiences })}
      />
      <Switch
        isSelected={rule !== undefined}
        isDisabled={isReadOnly}
        onChange={(on) => onChange(on ? { ...others, rule: { all: [] } } : others)}
      >
        {m.alsoRule}
      </Switch>
      {rule === undefined ? null : (
        <RuleBuilder
          rule={rule}
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/rule")}
          onChange={(next) => onChange({ ...body, rule: next })}
        />
      )}
    </Panel>
  );
}
