import { Radio, RadioGroup, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../../api/client.ts";
import { invalidProps } from "../../definitions/kind-page.ts";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { rowStart, stack } from "../../ui/styles.ts";
import { type Choice, ChoiceField } from "../choice-field.tsx";
import { type SourceConfig, systems } from "./shapes.ts";

const m = messages.connectors.sources;
const width = style({ width: 240 });
const hand = "hand";

export type ConfigFieldsProps<C extends SourceConfig = SourceConfig> = {
  config: C;
  onChange: (config: C) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** What holds for every type: which system it is, how far it is trusted, whose customer numbers it has. */
export function AboutFields({
  config,
  onChange,
  faults,
  isReadOnly,
  sourceKey,
}: ConfigFieldsProps & { sourceKey: string }) {
  const set = (patch: Partial<SourceConfig>) => onChange({ ...config, ...patch } as SourceConfig);
  const own = `customer_id:${sourceKey || "…"}`;
  const { customerNamespace } = config;
  const isOwn = customerNamespace === "" || customerNamespace === own;
  return (
    <div className={stack}>
      <div className={rowStart}>
        <ChoiceField
          label={m.system}
          isReadOnly={isReadOnly}
          styles={width}
          choices={systems.map((key) => ({ key, label: m.systems[key] }))}
          value={config.system}
          onChange={(key) => set({ system: systems.find((system) => system === key) ?? config.system })}
        />
        {config.type === "webhook" ? null : (
          <ChoiceField
            label={m.schedule}
            isReadOnly={isReadOnly}
            styles={width}
            choices={scheduleChoices(config.everySeconds)}
            value={config.everySeconds === null ? hand : String(config.everySeconds)}
            onChange={(key) => set({ everySeconds: key === hand ? null : Number(key) })}
          />
        )}
        <TextField
          label={m.currency}
          styles={width}
          isReadOnly={isReadOnly}
          maxLength={3}
          value={config.currency}
          onChange={(currency) => set({ currency: currency.toUpperCase() })}
          {...invalidProps(faults, "/config/currency")}
        />
        <TextField
          label={m.storeView}
          styles={width}
          isReadOnly={isReadOnly}
          value={config.storeView}
          onChange={(storeView) => set({ storeView })}
          {...invalidProps(faults, "/config/storeView")}
        />
      </div>
      <RadioGroup
        label={m.trust}
        isReadOnly={isReadOnly}
        value={config.trust}
        onChange={(value) => set({ trust: value === "claimed" ? "claimed" : "trusted" })}
      >
        {(["trusted", "claimed"] as const).map((key) => (
          <Radio key={key} value={key}>
            {m.trusts[key].label}: {m.trusts[key].text}
          </Radio>
        ))}
      </RadioGroup>
      <RadioGroup
        label={m.customerNumbers}
        isReadOnly={isReadOnly}
        value={isOwn ? "own" : customerNamespace}
        onChange={(value) => set({ customerNamespace: value === "own" ? "" : value })}
      >
        <Radio value="user_id">{m.shopNumbers}</Radio>
        <Radio value="own">{m.ownNumbers(own)}</Radio>
        {isOwn || customerNamespace === "user_id" ? null : (
          <Radio value={customerNamespace}>{m.otherNumbers(customerNamespace)}</Radio>
        )}
      </RadioGroup>
    </div>
  );
}

function scheduleChoices(seconds: number | null): readonly Choice[] {
  const choices = Object.entries(m.every).map(([key, label]) => ({ key, label }));
  // Numbers come before words in an object's keys; by hand is the first choice.
  choices.sort((left, right) => Number(right.key === hand) - Number(left.key === hand));
  if (seconds === null || m.every[String(seconds)]) return choices;
  return [...choices, { key: String(seconds), label: m.everyOther(formatNumber(seconds)) }];
}

/** "Every hour" */
export function scheduleText(seconds: number | null): string {
  if (seconds === null) return m.byHand;
  return m.every[String(seconds)] ?? m.everyOther(formatNumber(seconds));
}
