import type { Totals } from "../types.ts";
import { formatMoney } from "./money.tsx";

export function TotalsTable({ totals, hasState }: { readonly totals: Totals; readonly hasState: boolean }) {
  return (
    <dl className="totals">
      <div>
        <dt>Subtotal</dt>
        <dd>{formatMoney(totals.subtotal)}</dd>
      </div>
      {totals.discount.minor > 0 && (
        <div>
          <dt>Agreed discount</dt>
          <dd>−{formatMoney(totals.discount)}</dd>
        </div>
      )}
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
