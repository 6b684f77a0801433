import { Switch } from "@react-spectrum/s2";
import { useCurrency } from "../../audiences/rule-builder/use-currency.ts";
import { DefinitionField } from "../../definitions/definition-field.tsx";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { mutedXs, rowStart, stack } from "../../ui/styles.ts";
import { MoneyInput } from "../price-rules/amounts-field.tsx";
import { CountInput } from "../price-rules/number-inputs.tsx";
import { withField } from "../price-rules/with-field.ts";
import type { OfferBody } from "./shapes.ts";

const m = messages.decisioning;
type Link = NonNullable<OfferBody["cartRule"]>;
type Props = Omit<FormProps<OfferBody>, "scope">;

/** The cart price rule that an offer is about: when it is shown with it, and the code that comes along. */
export function CartRuleFields({ body, onChange, faults, isReadOnly }: Props) {
  const currency = useCurrency() ?? "USD";
  const { cartRule } = body;
  const setLink = (link: Link) => onChange({ ...body, cartRule: link });
  const setWhen = (when: NonNullable<Link["when"]>) => {
    if (!cartRule) return;
    const { lacksAtMost = { minor: 1000, currency }, ...others } = cartRule;
    setLink(when === "near" ? { ...others, when, lacksAtMost } : { ...others, when });
  };
  const setCode = (on: boolean) => {
    if (cartRule) setLink(withField(cartRule, "personalCode", on ? {} : undefined));
  };
  return (
    <div className={stack}>
      <div className={rowStart}>
        <DefinitionField
          kind="cart-price-rule"
          label={m.cartRule}
          description={m.cartRuleText}
          none={m.noCartRule}
          value={cartRule?.key ?? ""}
          onChange={(key) => onChange(withField(body, "cartRule", key === "" ? undefined : { ...cartRule, key }))}
          faults={faults}
          isReadOnly={isReadOnly}
          path="/cartRule"
        />
        {cartRule ? (
          <OptionField
            label={m.when}
            value={cartRule.when ?? "live"}
            options={m.whens}
            isReadOnly={isReadOnly}
            onChange={setWhen}
          />
        ) : null}
      </div>
      {cartRule?.lacksAtMost ? (
        <LackFields
          value={cartRule.lacksAtMost}
          currency={currency}
          onChange={(lacksAtMost) => setLink({ ...cartRule, lacksAtMost })}
          faults={faults}
          isReadOnly={isReadOnly}
        />
      ) : null}
      {cartRule ? (
        <>
          <Switch isSelected={cartRule.personalCode !== undefined} isDisabled={isReadOnly} onChange={setCode}>
            {m.personalCode}
          </Switch>
          {invalidProps(faults, "/cartRule/personalCode").errorMessage === undefined ? null : (
            <p className={mutedXs} role="alert">
              {invalidProps(faults, "/cartRule/personalCode").errorMessage}
            </p>
          )}
          {cartRule.personalCode ? (
            <Switch
              isSelected={cartRule.personalCode.guests === true}
              isDisabled={isReadOnly}
              onChange={(guests) => setLink({ ...cartRule, personalCode: guests ? { guests } : {} })}
            >
              {m.guestCodes}
            </Switch>
          ) : null}
        </>
      ) : null}
    </div>
  );
}

type LackProps = Pick<Props, "faults" | "isReadOnly"> & {
  value: NonNullable<Link["lacksAtMost"]>;
  currency: string;
  onChange: (value: NonNullable<Link["lacksAtMost"]>) => void;
};

/** Money or a number of units. */
function LackFields({ value, currency, onChange, faults, isReadOnly }: LackProps) {
  const shared = { faults, isReadOnly };
  return (
    <div className={rowStart}>
      <OptionField
        label={m.lackIn}
        value={"quantity" in value ? "quantity" : "money"}
        options={m.lackKinds}
        isReadOnly={isReadOnly}
        onChange={(kind) => onChange(kind === "quantity" ? { quantity: 1 } : { minor: 1000, currency })}
      />
      {"quantity" in value ? (
        <CountInput
          label={m.lacks}
          value={value.quantity}
          path="/cartRule/lacksAtMost"
          onChange={(quantity) => onChange({ quantity })}
          {...shared}
        />
      ) : (
        <MoneyInput label={m.lacks} value={value} path="/cartRule/lacksAtMost" onChange={onChange} {...shared} />
      )}
    </div>
  );
}
