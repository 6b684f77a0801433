import { LineList } from "../components/line-list.tsx";
import { EmptyNote } from "../components/states.tsx";
import { TotalsTable } from "../components/totals-table.tsx";
import { Unit } from "../components/unit.tsx";
import { usePageView } from "../components/use-page-view.ts";
import { useDecisions } from "../personalisation/use-decisions.ts";
import { links } from "../router.ts";
import { findOrder } from "../state/last-orders.ts";
import { useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";
import type { Order } from "../types.ts";

const placements = ["confirmation.bought-together"];

export function ConfirmationPage({ orderId }: { readonly orderId: string }) {
  const customer = useValue(useShop().customer);
  usePageView("confirmation", "Thank you", orderId);
  const order = findOrder(orderId);
  if (!order) {
    return (
      <EmptyNote isPage title={`Order ${orderId}`}>
        <p>
          {customer ? (
            <>
              You find it in <a href={links.orders}>your orders</a>.
            </>
          ) : (
            "Its confirmation was shown in another window. Sign in to see the orders of your account."
          )}
        </p>
      </EmptyNote>
    );
  }
  return <Placed order={order} isSignedIn={customer !== null} />;
}

function Placed({ order, isSignedIn }: { readonly order: Order; readonly isSignedIn: boolean }) {
  const decisions = useDecisions(placements, { items: order.lines.map(({ parentSku, sku }) => parentSku ?? sku) });
  const { address } = order;
  return (
    <div className="stack narrow">
      <p className="eyebrow">Thank you, {address.firstName}</p>
      <h1>Your order {order.orderId} is placed</h1>
      <p>
        A confirmation would go to <strong>{order.email}</strong>. This is a demo: nothing is charged and nothing is
        shipped.
      </p>
      <div className="confirmation">
        <section className="summary">
          <LineList lines={order.lines} />
          <TotalsTable totals={order.totals} hasState />
        </section>
        <section>
          <h2>Goes to</h2>
          <address>
            {address.firstName} {address.lastName}
            <br />
            {address.company !== "" && (
              <>
                {address.company}
                <br />
              </>
            )}
            {address.street}
            <br />
            {address.city}, {address.state} {address.postcode}
          </address>
          <p>
            <a href={links.home}>Go on shopping</a>
            {isSignedIn && (
              <>
                {" · "}
                <a href={links.orders}>Your orders</a>
              </>
            )}
          </p>
        </section>
      </div>
      <Unit placement="confirmation.bought-together" decisions={decisions} />
    </div>
  );
}
