import { Switch } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../../api/client.ts";
import { useCurrency } from "../../audiences/rule-builder/use-currency.ts";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { messages } from "../../messages.data.ts";
import { rowStart, stack } from "../../ui/styles.ts";
import { AmountsField } from "./amounts-field.tsx";
import { BuyGetFields } from "./buy-get-fields.tsx";
import { GiftFields } from "./gift-fields.tsx";
import { newAction } from "./new-action.ts";
import { CountInput, LimitInput, PercentInput } from "./number-inputs.tsx";
import type { ActionOf, ActionType, CartAction } from "./shapes.ts";
import { TierFields } from "./tier-fields.tsx";
import { withField } from "./with-field.ts";

const m = messages.priceRules.action;
const wide = style({ width: 320 });

export type ActionProps<A extends CartAction = CartAction> = {
  action: A;
  onChange: (action: A) => void;
  isReadOnly: boolean;
  faults: readonly Fault[];
};

/** The kind of discount and its figures. */
export function ActionFields(props: ActionProps) {
  const { action, onChange, isReadOnly, faults } = props;
  const currency = useCurrency() ?? "USD";
  const types = Object.keys(m.types) as readonly ActionType[];
  const edit = { isReadOnly, faults };
  return (
    <div className={stack}>
      <ChoiceField
        label={m.type}
        styles={wide}
        isReadOnly={isReadOnly}
        value={action.type}
        choices={types.map((key) => ({ key, ...m.types[key] }))}
        onChange={(key) => {
          const type = types.find((each) => each === key);
          if (type) onChange(newAction(type, currency));
        }}
      />
      <OwnFields {...props} />
      <div className={rowStart}>
        {"step" in action || action.type === "percent" || action.type === "fixed" ? (
          <LimitInput
            {...edit}
            label={m.step}
            description={m.stepText}
            path="/action/step"
            value={(action as ActionOf<"percent">).step}
            onChange={(step) => onChange(withField(action as ActionOf<"percent">, "step", step))}
          />
        ) : null}
        <LimitInput
          {...edit}
          label={m.maxQty}
          description={m.maxQtyText}
          path="/action/maxQty"
          value={action.maxQty}
          onChange={(maxQty) => onChange(withField(action, "maxQty", maxQty))}
        />
      </div>
      <Cap {...props} />
      <Switch
        isSelected={action.applyToShipping === true}
        isDisabled={isReadOnly}
        onChange={(on) => onChange(withField(action, "applyToShipping", on || undefined))}
      >
        {m.applyToShipping}
      </Switch>
    </div>
  );
}

function OwnFields({ action, onChange, isReadOnly, faults }: ActionProps) {
  const edit = { isReadOnly, faults };
  switch (action.type) {
    case "percent":
      return (
        <div className={rowStart}>
          <PercentInput
            {...edit}
            label={m.percent}
            path="/action/percent"
            value={action.percent}
            onChange={(percent) => onChange({ ...action, percent })}
          />
          <Once action={action} onChange={onChange} isReadOnly={isReadOnly} />
        </div>
      );
    case "fixed":
    case "cart_fixed":
      return (
        <div className={rowStart}>
          <AmountsField
            {...edit}
            label={action.type === "fixed" ? m.amountEach : m.amountCart}
            path="/action/amounts"
            values={action.amounts}
            onChange={(amounts) => onChange({ ...action, amounts })}
          />
          {action.type === "fixed" ? <Once action={action} onChange={onChange} isReadOnly={isReadOnly} /> : null}
        </div>
      );
    case "buy_x_get_y":
      return (
        <div className={rowStart}>
          <CountInput
            {...edit}
            label={m.buy}
            path="/action/buy"
            value={action.buy}
            onChange={(buy) => onChange({ ...action, buy })}
          />
          <CountInput
            {...edit}
            label={m.get}
            path="/action/get"
            value={action.get}
            onChange={(get) => onChange({ ...action, get })}
          />
        </div>
      );
    case "free_gift":
      return <GiftFields action={action} onChange={onChange} {...edit} />;
    case "tiered_percent":
    case "tiered_fixed":
      return <TierFields action={action} onChange={onChange} {...edit} />;
    case "group_price":
      return (
        <div className={stack}>
          <div className={rowStart}>
            <CountInput
              {...edit}
              label={m.groupQty}
              path="/action/qty"
              value={action.qty}
              onChange={(qty) => onChange({ ...action, qty })}
            />
            <AmountsField
              {...edit}
              label={m.groupPrice}
              path="/action/amounts"
              values={action.amounts}
              onChange={(amounts) => onChange({ ...action, amounts })}
            />
          </div>
          <PickAndRepeat action={action} onChange={onChange} {...edit} usual="dearest" label={m.pickGroups} />
        </div>
      );
    case "buy_get":
      return <BuyGetFields action={action} onChange={onChange} {...edit} />;
  }
}

type Onced = ActionOf<"percent"> | ActionOf<"fixed">;

function Once({ action, onChange, isReadOnly }: Omit<ActionProps<Onced>, "faults">) {
  return (
    <Switch
      isSelected={action.applyOnce === true}
      isDisabled={isReadOnly}
      onChange={(on) => onChange(withField(action, "applyOnce", on || undefined))}
    >
      {m.applyOnce}
    </Switch>
  );
}

type Picked = ActionOf<"group_price"> | ActionOf<"buy_get">;
type PickProps = ActionProps<Picked> & { usual: "cheapest" | "dearest"; label: string };

/** Which units come first, and how often in one cart. */
export function PickAndRepeat({ action, onChange, isReadOnly, faults, usual, label }: PickProps) {
  const picks = ["cheapest", "dearest"] as const;
  return (
    <div className={rowStart}>
      <ChoiceField
        label={label}
        isReadOnly={isReadOnly}
        value={action.pick ?? usual}
        choices={picks.map((key) => ({ key, label: m.picks[key] }))}
        onChange={(key) => onChange({ ...action, pick: key === "dearest" ? "dearest" : "cheapest" })}
      />
      <LimitInput
        isReadOnly={isReadOnly}
        faults={faults}
        label={m.repeat}
        description={m.repeatText}
        path="/action/repeat"
        value={action.repeat}
        onChange={(repeat) => onChange(withField(action, "repeat", repeat))}
      />
    </div>
  );
}

/** What a share takes at most from one cart. */
function Cap({ action, onChange, isReadOnly, faults }: ActionProps) {
  const currency = useCurrency() ?? "USD";
  if (action.type !== "percent" && action.type !== "tiered_percent") return null;
  const { cap } = action;
  return (
    <>
      <Switch
        isSelected={cap !== undefined}
        isDisabled={isReadOnly}
        onChange={(on) => onChange(withField(action, "cap", on ? [{ minor: 5_000, currency }] : undefined))}
      >
        {m.hasCap}
      </Switch>
      {cap ? (
        <AmountsField
          label={m.cap}
          path="/action/cap"
          values={cap}
          isReadOnly={isReadOnly}
          faults={faults}
          onChange={(next) => onChange({ ...action, cap: next })}
        />
      ) : null}
    </>
  );
}
