import { NumberField, Picker, PickerItem, Switch, Text, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { AudiencesField } from "../audiences/audiences-field.tsx";
import { CategoryField } from "../catalog/category-field.tsx";
import { PlacementField } from "../decisions/placement-field.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart, stackTight } from "../ui/styles.ts";
import { maxProducts, type Strategy, strategies, type UnitBody } from "./unit-kind.tsx";

const m = messages.units;
const strategyWidth = style({ width: 280 });

export function UnitForm({ body, onChange, faults, isReadOnly }: FormProps<UnitBody>) {
  const set = (patch: Partial<UnitBody>) => onChange({ ...body, ...patch });
  return (
    <>
      <Panel title={m.what}>
        <div className={rowStart}>
          <StrategyPicker
            label={m.strategy}
            value={body.strategy}
            isReadOnly={isReadOnly}
            onChange={(strategy) => set({ strategy })}
          />
          <NumberField
            label={m.limit}
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
          onChange={(category) => onChange(withCategory(body, category))}
        />
        <div className={stackTight}>
          <Switch isSelected={body.fallback ?? true} isDisabled={isReadOnly} onChange={(fallback) => set({ fallback })}>
            {m.fallback}
          </Switch>
          <Switch
            isSelected={body.excludeCart ?? true}
            isDisabled={isReadOnly}
            onChange={(excludeCart) => set({ excludeCart })}
          >
            {m.excludeCart}
          </Switch>
          <Switch
            isSelected={body.excludePurchased ?? false}
            isDisabled={isReadOnly}
            onChange={(excludePurchased) => set({ excludePurchased })}
          >
            {m.excludePurchased}
          </Switch>
        </div>
      </Panel>
      <Panel title={m.place}>
        <div className={rowStart}>
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
            value={body.priority}
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

function withCategory({ category: _old, ...others }: UnitBody, category: string | null): UnitBody {
  return category === null ? others : { ...others, category };
}

export function strategyTexts(key: string): { readonly label: string; readonly text: string } {
  return m.strategies[key as Strategy] ?? { label: key, text: "" };
}

type StrategyProps = { label: string; value: string; onChange: (strategy: string) => void; isReadOnly: boolean };

function StrategyPicker({ label, value, onChange, isReadOnly }: StrategyProps) {
  const keys = strategies.some((key) => key === value) ? strategies : [...strategies, value];
  return (
    <Picker
      label={label}
      isDisabled={isReadOnly}
      styles={strategyWidth}
      selectedKey={value}
      onSelectionChange={(key) => onChange(String(key))}
    >
      {keys.map((key) => (
        <PickerItem key={key} id={key} textValue={strategyTexts(key).label}>
          <Text slot="label">{strategyTexts(key).label}</Text>
          <Text slot="description">{strategyTexts(key).text}</Text>
        </PickerItem>
      ))}
    </Picker>
  );
}
