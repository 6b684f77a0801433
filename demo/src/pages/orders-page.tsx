import { useState } from "react";
import { AccountFrame } from "../components/account-frame.tsx";
import { LineList } from "../components/line-list.tsx";
import { formatMoney } from "../components/money.tsx";
import { EmptyNote, FaultNote, LoadingNote } from "../components/states.tsx";
import { TotalsTable } from "../components/totals-table.tsx";
import { useLoaded } from "../components/use-loaded.ts";
import { usePageView } from "../components/use-page-view.ts";
import { links } from "../router.ts";
import { messageOf, shopApi } from "../shop-api.ts";
import { useShop } from "../state/shop.ts";
import type { Order } from "../types.ts";

const statusNames = { placed: "Placed", cancelled: "Cancelled", returned: "Returned" } as const;
const reasons = ["It does not fit", "It looks different", "It is damaged", "I changed my mind"] as const;
const day = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });

function ReturnForm({ onReturn, isBusy }: { readonly onReturn: (reason: string) => void; readonly isBusy: boolean }) {
  const [reason, setReason] = useState<string>(reasons[0]);
  return (
    <details className="list-picker">
      <summary>Return this order</summary>
      <label className="field">
        Why?
        <select value={reason} onChange={(event) => setReason(event.target.value)}>
          {reasons.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <button type="button" className="button button-small" disabled={isBusy} onClick={() => onReturn(reason)}>
        Send it back
      </button>
    </details>
  );
}

function OrderCard({ order, onChanged }: { readonly order: Order; readonly onChanged: () => void }) {
  const { notice } = useShop();
  const [isBusy, setIsBusy] = useState(false);
  const act = (action: "cancel" | "return", body: object): void => {
    setIsBusy(true);
    shopApi
      .post(`/orders/${encodeURIComponent(order.orderId)}/${action}`, body)
      .then(
        () =>
          notice.set({
            text: `Order ${order.orderId} is ${action === "cancel" ? "cancelled" : "returned"}.`,
            tone: "info",
          }),
        (fault: unknown) => notice.set({ text: messageOf(fault), tone: "fault" }),
      )
      .finally(() => {
        setIsBusy(false);
        onChanged();
      });
  };
  return (
    <li className="order">
      <details>
        <summary>
          <strong>{order.orderId}</strong>
          <span>{day.format(order.placedAt)}</span>
          <span className={`pill pill-${order.status}`}>{statusNames[order.status]}</span>
          <span className="figure">{formatMoney(order.totals.total)}</span>
        </summary>
        <LineList lines={order.lines} />
        <TotalsTable totals={order.totals} hasState />
        {order.status === "placed" && (
          <div className="order-actions">
            <button
              type="button"
              className="button button-quiet button-small"
              disabled={isBusy}
              onClick={() => act("cancel", {})}
            >
              Cancel this order
            </button>
            <ReturnForm isBusy={isBusy} onReturn={(reason) => act("return", { reason })} />
          </div>
        )}
      </details>
    </li>
  );
}

export function OrdersPage() {
  usePageView("account", "Your orders");
  const loaded = useLoaded("orders", (signal) => shopApi.get<{ orders: readonly Order[] }>("/orders", signal));
  return (
    <AccountFrame title="Your orders">
      {loaded.status === "failed" && <FaultNote fault={loaded.fault} onRetry={loaded.reload} />}
      {loaded.status === "loading" && !loaded.value && <LoadingNote />}
      {loaded.value?.orders.length === 0 && (
        <EmptyNote title="No orders yet">
          <p>
            <a href={links.home}>Go shopping</a>
          </p>
        </EmptyNote>
      )}
      <ul className="orders">
        {(loaded.value?.orders ?? []).map((order) => (
          <OrderCard key={order.orderId} order={order} onChanged={loaded.reload} />
        ))}
      </ul>
    </AccountFrame>
  );
}
