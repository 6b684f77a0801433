import { Switch } from "@react-spectrum/s2";
import { faultAt } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { PickedProducts } from "../../recommendations/picked-products.tsx";
import { muted, rowStart, stack } from "../../ui/styles.ts";
import type { ActionProps } from "./action-fields.tsx";
import { CountInput } from "./number-inputs.tsx";
import type { ActionOf } from "./shapes.ts";
import { orAbsent, withField } from "./with-field.ts";

const m = messages.priceRules.action;

/** A product that is given, and what may be taken instead. */
export function GiftFields({ action, onChange, isReadOnly, faults }: ActionProps<ActionOf<"free_gift">>) {
  const fault = faultAt(faults, "/action/sku");
  return (
    <div className={stack}>
      <div className={rowStart}>
        <PickedProducts
          label={m.gift}
          addLabel={m.chooseGift}
          isReadOnly={isReadOnly}
          values={action.sku === "" ? [] : [action.sku]}
          onChange={(skus) => onChange({ ...action, sku: skus.at(-1) ?? "" })}
        />
        <CountInput
          label={m.giftQty}
          path="/action/qty"
          isReadOnly={isReadOnly}
          faults={faults}
          value={action.qty}
          onChange={(qty) => onChange({ ...action, qty })}
        />
      </div>
      {fault ? <p className={muted}>{fault.message}</p> : null}
      <PickedProducts
        label={m.giftChoices}
        addLabel={m.addGiftChoice}
        isReadOnly={isReadOnly}
        values={action.choices ?? []}
        onChange={(choices) => onChange(withField(action, "choices", orAbsent(choices)))}
      />
      <Switch
        isSelected={action.autoAdd === true}
        isDisabled={isReadOnly}
        onChange={(on) => onChange(withField(action, "autoAdd", on || undefined))}
      >
        {m.autoAdd}
      </Switch>
    </div>
  );
}
