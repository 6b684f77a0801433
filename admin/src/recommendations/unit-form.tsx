import { NumberField, Switch, TextField } from "@react-spectrum/s2";
import { AudiencesField } from "../audiences/audiences-field.tsx";
import { RuleBuilder } from "../audiences/rule-builder/rule-builder.tsx";
import { CategoryField } from "../catalog/category-field.tsx";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { PlacedFields } from "../decisions/placed-fields.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { faultsBelow } from "../merchandising/faults-below.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart, stackTight } from "../ui/styles.ts";
import { FiltersField } from "./filters-field.tsx";
import { isFillable, strategyTexts } from "./strategies.ts";
import { StrategyPicker } from "./strategy-picker.tsx";
import { maxProducts, type UnitBody } from "./unit-kind.tsx";

const m = messages.units;
const noPage = "none";

export function UnitForm(props: FormProps<UnitBody>) {
  const { body, onChange, faults, isReadOnly } = props;
  return (
    <>
      <What {...props} />
      <FiltersField
        filters={body.filters}
        faults={faults}
        isReadOnly={isReadOnly}
        onChange={(filters) => onChange(changed(body, "filters", filters))}
      />
      <Place {...props} />
      <Who {...props} />
    </>
  );
}

/** With one field that may also be absent. */
function changed<Name extends "category" | "filters" | "pageType" | "position" | "rule">(
  body: UnitBody,
  name: Name,
  value: UnitBody[Name] | undefined,
): UnitBody {
  const { [name]: _old, ...others } = body;
  // The rest has everything but the one field, which was absent before too.
  return value === undefined ? (others as UnitBody) : { ...body, [name]: value };
}

function What({ body, onChange, faults, isReadOnly }: FormProps<UnitBody>) {
  const set = (patch: Partial<UnitBody>) => onChange({ ...body, ...patch });
  const switches = [
    { name: "excludeCart", label: m.excludeCart, isOn: body.excludeCart ?? true },
    { name: "excludePurchased", label: m.excludePurchased, isOn: body.excludePurchased ?? true },
    { name: "showOutOfStock", label: m.showOutOfStock, isOn: body.showOutOfStock ?? false },
  ] as const;
  return (
    <Panel title={m.what}>
      <div className={rowStart}>
        <StrategyPicker
          value={body.strategy}
          isReadOnly={isReadOnly}
          faults={faults}
          onChange={(strategy) => set({ strategy })}
        />
        <NumberField
          label={m.limit}
          description={m.limitText}
          minValue={1}
          maxValue={maxProducts}
          value={body.limit ?? 5}
          isReadOnly={isReadOnly}
          onChange={(limit) => set({ limit: Number.isNaN(limit) ? 5 : Math.round(limit) })}
          {...invalidProps(faults, "/limit")}
        />
      </div>
      <p className={muted}>{strategyTexts(body.strategy).text}</p>
      <CategoryField
        value={body.category ?? null}
        isReadOnly={isReadOnly}
        onChange={(category) => onChange(changed(body, "category", category ?? undefined))}
      />
      <div className={stackTight}>
        {isFillable(body.strategy) ? (
          <Switch isSelected={body.fallback ?? true} isDisabled={isReadOnly} onChange={(fallback) => set({ fallback })}>
            {m.fallback}
          </Switch>
        ) : (
          <p className={muted}>{m.neverFilled}</p>
        )}
        {switches.map(({ name, label, isOn }) => (
          <Switch key={name} isSelected={isOn} isDisabled={isReadOnly} onChange={(on) => set({ [name]: on })}>
            {label}
          </Switch>
        ))}
      </div>
    </Panel>
  );
}

function Place({ body, onChange, faults, isReadOnly }: FormProps<UnitBody>) {
  const set = (patch: Partial<UnitBody>) => onChange({ ...body, ...patch });
  return (
    <Panel title={m.place}>
      <div className={rowStart}>
        <PlacedFields kind="recommendations" body={body} onChange={set} faults={faults} isReadOnly={isReadOnly} />
        <TextField
          label={m.label}
          description={m.labelText}
          value={body.label}
          isReadOnly={isReadOnly}
          onChange={(label) => set({ label })}
          {...invalidProps(faults, "/label")}
        />
      </div>
      <div className={rowStart}>
        <ChoiceField
          label={m.pageType}
          description={m.pageTypeText}
          isReadOnly={isReadOnly}
          value={body.pageType ?? noPage}
          choices={[
            { key: noPage, label: m.anyPage },
            ...Object.entries(m.pageTypes).map(([key, label]) => ({ key, label })),
          ]}
          onChange={(key) => onChange(changed(body, "pageType", key === noPage ? undefined : key))}
        />
        {body.pageType === undefined ? null : (
          <NumberField
            label={m.position}
            description={m.positionText}
            minValue={0}
            maxValue={1_000}
            value={body.position ?? 0}
            isReadOnly={isReadOnly}
            onChange={(position) => set({ position: Number.isNaN(position) ? 0 : Math.round(position) })}
            {...invalidProps(faults, "/position")}
          />
        )}
      </div>
    </Panel>
  );
}

function Who({ body, onChange, faults, isReadOnly }: FormProps<UnitBody>) {
  const set = (patch: Partial<UnitBody>) => onChange({ ...body, ...patch });
  return (
    <Panel title={m.who} description={m.whoText}>
      <AudiencesField
        values={body.audiences}
        isReadOnly={isReadOnly}
        faults={faults}
        onChange={(audiences) => set({ audiences })}
      />
      <Switch
        isSelected={body.rule !== undefined}
        isDisabled={isReadOnly}
        onChange={(on) => onChange(changed(body, "rule", on ? { all: [] } : undefined))}
      >
        {m.alsoRule}
      </Switch>
      {body.rule === undefined ? null : (
        <RuleBuilder
          rule={body.rule}
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/rule")}
          onChange={(rule) => set({ rule })}
        />
      )}
    </Panel>
  );
}
