import { Switch, TextField } from "@react-spectrum/s2";
import { useCurrency } from "../../audiences/rule-builder/use-currency.ts";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { Panel } from "../../ui/page.tsx";
import { body as bodyText, rowEnd, rowStart, stack } from "../../ui/styles.ts";
import { MoneyInput } from "./amounts-field.tsx";
import { LimitInput } from "./number-inputs.tsx";
import type { CartRuleBody, Coupon } from "./shapes.ts";
import { withField } from "./with-field.ts";

const m = messages.priceRules.coupon;
const types = ["none", "specific", "pool"] as const;

/** Whether a code is needed, and how often the rule may be used. */
export function CouponFields({ body, onChange, faults, isReadOnly }: FormProps<CartRuleBody>) {
  const coupon: Coupon = body.coupon ?? { type: "none" };
  const edit = { isReadOnly, faults };
  const set = (next: Coupon) => onChange(withField(body, "coupon", next.type === "none" ? undefined : next));
  return (
    <Panel title={m.title}>
      <div className={rowStart}>
        <ChoiceField
          label={m.type}
          isReadOnly={isReadOnly}
          value={coupon.type}
          choices={types.map((key) => ({ key, ...m.types[key] }))}
          onChange={(key) =>
            set(key === "specific" ? { type: key, code: "" } : { type: key === "pool" ? key : "none" })
          }
        />
        {coupon.type === "specific" ? (
          <TextField
            label={m.code}
            description={m.codeText}
            maxLength={64}
            isReadOnly={isReadOnly}
            value={coupon.code}
            onChange={(code) => set({ ...coupon, code })}
            {...invalidProps(faults, "/coupon/code")}
          />
        ) : null}
      </div>
      {coupon.type === "pool" ? (
        <p className={bodyText}>
          {m.poolText} <AppLink to="/coupons">{messages.coupons.title}</AppLink>
        </p>
      ) : null}
      <div className={rowStart}>
        {coupon.type === "none" ? null : (
          <LimitInput
            {...edit}
            label={m.usesPerCoupon}
            description={m.noLimit}
            path="/coupon/usesPerCoupon"
            value={coupon.usesPerCoupon}
            onChange={(uses) => set(withField(coupon, "usesPerCoupon", uses))}
          />
        )}
        <LimitInput
          {...edit}
          label={m.usesPerCustomer}
          description={m.usesPerCustomerText}
          path="/usesPerCustomer"
          value={body.usesPerCustomer}
          onChange={(uses) => onChange(withField(body, "usesPerCustomer", uses))}
        />
      </div>
      <Budget body={body} onChange={onChange} {...edit} />
    </Panel>
  );
}

type BudgetProps = Omit<FormProps<CartRuleBody>, "scope">;

function Budget({ body, onChange, faults, isReadOnly }: BudgetProps) {
  const currency = useCurrency() ?? "USD";
  const budget = body.budget ?? {};
  const set = (next: typeof budget) =>
    onChange(withField(body, "budget", Object.keys(next).length === 0 ? undefined : next));
  const { spend } = budget;
  return (
    <div className={stack}>
      <LimitInput
        label={m.budgetUses}
        description={m.noLimit}
        path="/budget/uses"
        isReadOnly={isReadOnly}
        faults={faults}
        value={budget.uses}
        onChange={(uses) => set(withField(budget, "uses", uses))}
      />
      <Switch
        isSelected={spend !== undefined}
        isDisabled={isReadOnly}
        onChange={(on) =>
          set(
            on
              ? { ...budget, spend: { minor: 100_000, currency } }
              : withField(withField(budget, "spend", undefined), "partial", undefined),
          )
        }
      >
        {m.hasSpend}
      </Switch>
      {spend ? (
        <>
          <div className={rowEnd}>
            <MoneyInput
              label={m.spend}
              value={spend}
              isReadOnly={isReadOnly}
              faults={faults}
              path="/budget/spend"
              onChange={(next) => set({ ...budget, spend: next })}
            />
          </div>
          <Switch
            isSelected={budget.partial === true}
            isDisabled={isReadOnly}
            onChange={(on) => set(withField(budget, "partial", on || undefined))}
          >
            {m.partial}
          </Switch>
        </>
      ) : null}
    </div>
  );
}
