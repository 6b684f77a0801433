import { ActionButton, Text } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Close from "@react-spectrum/s2/icons/Close";
import { useCurrency } from "../../audiences/rule-builder/use-currency.ts";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { messages } from "../../messages.data.ts";
import { rowEnd, rowStart, stack } from "../../ui/styles.ts";
import type { ActionProps } from "./action-fields.tsx";
import { AmountsField } from "./amounts-field.tsx";
import { CountInput, PercentInput } from "./number-inputs.tsx";
import { type ActionOf, type Measure, measures, type Tier } from "./shapes.ts";

const m = messages.priceRules.action;
const mostTiers = 50;

type Tiered = ActionOf<"tiered_percent"> | ActionOf<"tiered_fixed">;

/** The more, the more off: only the highest step that is reached counts. */
export function TierFields({ action, onChange, isReadOnly, faults }: ActionProps<Tiered>) {
  const currency = useCurrency() ?? "USD";
  const setTiers = (tiers: readonly Tier[]) => onChange({ ...action, tiers });
  const last = action.tiers.at(-1);
  return (
    <div className={stack}>
      <div className={rowStart}>
        <ChoiceField
          label={m.measure}
          isReadOnly={isReadOnly}
          value={action.measure}
          choices={measures.map((key) => ({ key, label: m.measures[key] }))}
          onChange={(key) => {
            const measure = measures.find((each) => each === key) ?? "subtotal";
            onChange({ ...action, measure, tiers: action.tiers.map((tier) => remeasured(tier, measure, currency)) });
          }}
        />
        {action.type === "tiered_fixed" ? (
          <ChoiceField
            label={m.per}
            isReadOnly={isReadOnly}
            value={action.per ?? "cart"}
            choices={(["cart", "unit"] as const).map((key) => ({ key, label: m.pers[key] }))}
            onChange={(key) => onChange({ ...action, per: key === "unit" ? "unit" : "cart" })}
          />
        ) : null}
      </div>
      {action.tiers.map((tier, at) => {
        const change = (next: Tier) => setTiers(action.tiers.map((each, index) => (index === at ? next : each)));
        const path = `/action/tiers/${at}`;
        const edit = { isReadOnly, faults };
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no name, and their fields hold no state
          // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
          <div key={at} role="group" aria-label={m.tier(at + 1)} className={rowEnd}>
            {action.measure === "qty" ? (
              <CountInput
                {...edit}
                label={m.fromQty}
                path={`${path}/fromQty`}
                value={tier.fromQty ?? 1}
                onChange={(fromQty) => change({ ...tier, fromQty })}
              />
            ) : (
              <AmountsField
                {...edit}
                label={m.fromAmount}
                path={`${path}/fromAmounts`}
                values={tier.fromAmounts ?? [{ minor: 0, currency }]}
                onChange={(fromAmounts) => change({ ...tier, fromAmounts })}
              />
            )}
            {action.type === "tiered_percent" ? (
              <PercentInput
                {...edit}
                label={m.percent}
                path={`${path}/percent`}
                value={tier.percent ?? ""}
                onChange={(percent) => change({ ...tier, percent })}
              />
            ) : (
              <AmountsField
                {...edit}
                label={m.amountOff}
                path={`${path}/amounts`}
                values={tier.amounts ?? [{ minor: 0, currency }]}
                onChange={(amounts) => change({ ...tier, amounts })}
              />
            )}
            {isReadOnly || action.tiers.length === 1 ? null : (
              <ActionButton
                isQuiet
                aria-label={m.removeTier(at + 1)}
                onPress={() => setTiers(action.tiers.filter((_, index) => index !== at))}
              >
                <Close />
              </ActionButton>
            )}
          </div>
        );
      })}
      {isReadOnly || !last || action.tiers.length >= mostTiers ? null : (
        <div>
          <ActionButton onPress={() => setTiers([...action.tiers, higher(last)])}>
            <Add />
            <Text>{m.addTier}</Text>
          </ActionButton>
        </div>
      )}
    </div>
  );
}

function remeasured({ fromAmounts, fromQty, ...gives }: Tier, measure: Measure, currency: string): Tier {
  return measure === "qty"
    ? { ...gives, fromQty: fromQty ?? 1 }
    : { ...gives, fromAmounts: fromAmounts ?? [{ minor: 5_000, currency }] };
}

/** Steps rise: the next one starts from twice as much. */
function higher({ fromAmounts, fromQty, ...gives }: Tier): Tier {
  return {
    ...gives,
    ...(fromAmounts ? { fromAmounts: fromAmounts.map((each) => ({ ...each, minor: each.minor * 2 })) } : {}),
    ...(fromQty === undefined ? {} : { fromQty: fromQty * 2 }),
  };
}
