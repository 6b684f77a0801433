import { LineList } from "../components/line-list.tsx";
import { EmptyNote } from "../components/states.tsx";
import { TotalsTable } from "../components/totals-table.tsx";
import { usePageView } from "../components/use-page-view.ts";
import { links } from "../router.ts";
import { findOrder } from "../state/last-orders.ts";
import { useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";

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
            {customer && (
              <>
                {" · "}
                <a href={links.orders}>Your orders</a>
              </>
            )}
          </p>
        </section>
      </div>
    </div>
  );
}
