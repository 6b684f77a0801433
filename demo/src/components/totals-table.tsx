import type { Totals } from "../types.ts";
import { formatMoney } from "./money.tsx";

function Discounts({ totals: { discount, discounts } }: { readonly totals: Totals }) {
  // Orders of before offers were told one by one have the sum only.
  const told = discounts ?? [];
  const rows = told.length > 0 ? told : [{ key: "all", label: "Discount", amount: discount }];
  return rows
    .filter(({ amount }) => amount.minor > 0)
    .map(({ key, label, amount }) => (
      <div key={key} className="totals-offer">
        <dt>{label}</dt>
        <dd>−{formatMoney(amount)}</dd>
      </div>
    ));
}

export function TotalsTable({ totals, hasState }: { readonly totals: Totals; readonly hasState: boolean }) {
  return (
    <dl className="totals">
      <div>
        <dt>Subtotal</dt>
        <dd>{formatMoney(totals.subtotal)}</dd>
      </div>
      <Discounts totals={totals} />
      <div>
        <dt>Shipping</dt>
        <dd>{totals.shipping.minor === 0 ? "free" : formatMoney(totals.shipping)}</dd>
      </div>
      <div>
        <dt>Tax</dt>
        <dd>{hasState ? formatMoney(totals.tax) : "by your address"}</dd>
      </div>
      <div className="totals-sum">
        <dt>Total</dt>
        <dd>{formatMoney(totals.total)}</dd>
      </div>
    </dl>
  );
}
