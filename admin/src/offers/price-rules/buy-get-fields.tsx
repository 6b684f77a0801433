import { RuleBuilder } from "../../audiences/rule-builder/rule-builder.tsx";
import { faultsBelow } from "../../merchandising/faults-below.ts";
import { messages } from "../../messages.data.ts";
import { rowStart, stack, stackTight, strong } from "../../ui/styles.ts";
import { type ActionProps, PickAndRepeat } from "./action-fields.tsx";
import { CountInput, PercentInput } from "./number-inputs.tsx";
import type { ActionOf } from "./shapes.ts";
import { hasConditions, withField } from "./with-field.ts";

const m = messages.priceRules.action;
const lineSubjects = ["item", "product"];

/** Buy some products, and others are reduced for it. */
export function BuyGetFields({ action, onChange, isReadOnly, faults }: ActionProps<ActionOf<"buy_get">>) {
  const edit = { isReadOnly, faults };
  return (
    <div className={stack}>
      <div className={rowStart}>
        <CountInput
          {...edit}
          label={m.buyQty}
          path="/action/buyQty"
          value={action.buyQty}
          onChange={(buyQty) => onChange({ ...action, buyQty })}
        />
        <CountInput
          {...edit}
          label={m.getQty}
          path="/action/getQty"
          value={action.getQty}
          onChange={(getQty) => onChange({ ...action, getQty })}
        />
        <PercentInput
          {...edit}
          label={m.getPercent}
          description={m.getPercentText}
          path="/action/percent"
          value={action.percent}
          onChange={(percent) => onChange({ ...action, percent })}
        />
      </div>
      <PickAndRepeat
        action={action}
        onChange={(next) => next.type === "buy_get" && onChange(next)}
        {...edit}
        usual="cheapest"
        label={m.pickReduced}
      />
      {(["buy", "get"] as const).map((part) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
        <div key={part} role="group" aria-label={m.parts[part]} className={stackTight}>
          <h3 className={strong}>{m.parts[part]}</h3>
          <RuleBuilder
            isForPrices
            rule={action[part]}
            subjects={lineSubjects}
            elements="cart"
            isReadOnly={isReadOnly}
            faults={faultsBelow(faults, `/action/${part}`)}
            onChange={(rule) => onChange(withField(action, part, hasConditions(rule) ? rule : undefined))}
          />
        </div>
      ))}
    </div>
  );
}
