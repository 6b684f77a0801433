import { NumberField, Picker, PickerItem, Switch, Text, TextField } from "@react-spectrum/s2";
import { AudiencesField } from "../audiences/audiences-field.tsx";
import { CategoryField } from "../catalog/category-field.tsx";
import { PlacementField } from "../decisions/placement-field.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.ts";
import { Panel } from "../ui/page.tsx";
import { muted, row, rowEnd } from "../ui/styles.ts";
import { type Strategy, strategies, type UnitBody } from "./unit-kind.tsx";

const m = messages.units;

export function UnitForm({ body, onChange, faults, isReadOnly }: FormProps<UnitBody>) {
  const set = (patch: Partial<UnitBody>) => onChange({ ...body, ...patch });
  return (
    <>
      <Panel title={m.what}>
        <div className={rowEnd}>
          <StrategyPicker
            label={m.strategy}
            value={body.strategy}
            isReadOnly={isReadOnly}
            onChange={(strategy) => set({ strategy: strategy ?? body.strategy })}
          />
          <StrategyPicker
            label={m.fallback}
            value={body.fallback ?? null}
            isReadOnly={isReadOnly}
            hasNone
            onChange={(fallback) => set({ fallback })}
          />
          <NumberField
            label={m.limit}
            minValue={1}
            maxValue={48}
            value={body.limit}
            isReadOnly={isReadOnly}
            onChange={(limit) => set({ limit: Number.isNaN(limit) ? 8 : Math.round(limit) })}
            {...invalidProps(faults, "/limit")}
          />
        </div>
        <p className={muted}>{m.strategies[body.strategy]?.text}</p>
        <CategoryField
          value={body.category ?? null}
          isReadOnly={isReadOnly}
          onChange={(category) => set({ category })}
        />
        <div className={row}>
          <Switch
            isSelected={body.excludeCart}
            isDisabled={isReadOnly}
            onChange={(excludeCart) => set({ excludeCart })}
          >
            {m.excludeCart}
          </Switch>
          <Switch
            isSelected={body.excludePurchased}
            isDisabled={isReadOnly}
            onChange={(excludePurchased) => set({ excludePurchased })}
          >
            {m.excludePurchased}
          </Switch>
        </div>
      </Panel>
      <Panel title={m.place}>
        <div className={rowEnd}>
          <PlacementField
            kind="recommendations"
            value={body.placement}
            isReadOnly={isReadOnly}
            faults={faults}
            onChange={(placement) => set({ placement })}
          />
          <NumberField
            label={messages.blocks.priority}
            description={messages.blocks.priorityText}
            minValue={0}
            value={body.priority ?? 10}
            isReadOnly={isReadOnly}
            onChange={(priority) => set({ priority: Number.isNaN(priority) ? 0 : Math.round(priority) })}
            {...invalidProps(faults, "/priority")}
          />
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
      <Panel title={m.who} description={m.whoText}>
        <AudiencesField
          values={body.audiences}
          isReadOnly={isReadOnly}
          faults={faults}
          onChange={(audiences) => set({ audiences })}
        />
      </Panel>
    </>
  );
}

const none = "none";

type StrategyProps = {
  label: string;
  value: Strategy | null;
  onChange: (strategy: Strategy | null) => void;
  isReadOnly: boolean;
  hasNone?: boolean;
};

function StrategyPicker({ label, value, onChange, isReadOnly, hasNone = false }: StrategyProps) {
  return (
    <Picker
      label={label}
      isDisabled={isReadOnly}
      selectedKey={value ?? none}
      onSelectionChange={(key) => onChange(key === none ? null : (String(key) as Strategy))}
    >
      {[...(hasNone ? [none] : []), ...strategies].map((key) => (
        <PickerItem key={key} id={key} textValue={key === none ? m.noFallback : m.strategies[key as Strategy].label}>
          <Text slot="label">{key === none ? m.noFallback : m.strategies[key as Strategy].label}</Text>
          {key === none ? null : <Text slot="description">{m.strategies[key as Strategy].text}</Text>}
        </PickerItem>
      ))}
    </Picker>
  );
}
