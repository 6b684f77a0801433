import { useEffect, useRef } from "react";
import { Block } from "../components/block.tsx";
import { CartOffers } from "../components/cart-offers.tsx";
import { CouponForm } from "../components/coupon-form.tsx";
import { Icon } from "../components/icons.tsx";
import { optionText } from "../components/line-list.tsx";
import { formatMoney, Price } from "../components/money.tsx";
import { Picture } from "../components/picture.tsx";
import { Quantity } from "../components/quantity.tsx";
import { EmptyNote, FaultNote, LoadingNote } from "../components/states.tsx";
import { TotalsTable } from "../components/totals-table.tsx";
import { Unit } from "../components/unit.tsx";
import { usePageView } from "../components/use-page-view.ts";
import { useDecisions } from "../personalisation/use-decisions.ts";
import { links } from "../router.ts";
import { useShop } from "../state/shop.ts";
import { pricedNow, useTotals } from "../state/use-totals.ts";
import { useValue } from "../state/value.ts";
import type { Line } from "../types.ts";

const placements = ["cart.banner", "cart.crosssell", "cart.rules"];

function CartLine({ line }: { readonly line: Line }) {
  const { cart } = useShop();
  return (
    <li className="line">
      <Picture src={line.image} alt="" />
      <div className="line-text">
        <a href={line.url}>{line.name}</a>
        <p className="line-options">{optionText(line)}</p>
        <p className="line-options">
          <Price price={line.unitPrice} regularPrice={line.regularUnitPrice} /> each
        </p>
      </div>
      <Quantity value={line.qty} label={`Quantity of ${line.name}`} onChange={(qty) => cart.setQty(line.key, qty)} />
      <span className="figure line-total">
        {formatMoney(line.lineTotal)}
        {line.discount && line.discount.minor > 0 && (
          <span className="line-discount">−{formatMoney(line.discount)}</span>
        )}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={`Remove ${line.name}`}
        onClick={() => cart.remove(line.key)}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}

/** Reports the view once, with the figures of the server. */
function useCartView(): ReturnType<typeof useTotals> {
  const { cart, tracking } = useShop();
  const totals = useTotals("standard", "");
  const isReported = useRef(false);
  useEffect(() => {
    if (isReported.current || totals.status !== "ready") return;
    isReported.current = true;
    const { cartId } = cart.cart.get();
    const { lines } = totals.value;
    if (lines.length > 0) tracking.shoppingCartView(cartId, lines, totals.value.totals.discount);
  }, [cart, tracking, totals]);
  return totals;
}

export function CartPage() {
  const { cart } = useShop();
  usePageView("cart", "Cart");
  const { lines } = useValue(cart.cart);
  const totals = useCartView();
  const skus = lines.map(({ sku, parentSku }) => parentSku ?? sku);
  const decisions = useDecisions(
    placements,
    { items: skus },
    totals.status !== "loading" || totals.value !== undefined,
  );
  return (
    <div className="stack">
      <h1>Cart</h1>
      <Block placement="cart.banner" decisions={decisions} className="block-banner" />
      {lines.length === 0 ? (
        <EmptyNote title="Your cart is empty">
          <p>
            Have a look at <a href={links.category("what-is-new")}>what is new</a>.
          </p>
        </EmptyNote>
      ) : (
        <div className="cart">
          <ul className="lines">
            {pricedNow(lines, totals.value).map((line) => (
              <CartLine key={line.key} line={line} />
            ))}
          </ul>
          <aside className="summary" aria-label="Summary">
            <h2>Summary</h2>
            {totals.value ? (
              <>
                <TotalsTable totals={totals.value.totals} hasState={false} />
                <CartOffers answer={totals.value} />
                <CouponForm coupons={totals.value.offers.coupons} />
              </>
            ) : totals.status === "failed" ? (
              <FaultNote fault={totals.fault} onRetry={totals.reload} />
            ) : (
              <LoadingNote />
            )}
            <a className="button button-large" href={links.checkout}>
              Go to checkout
            </a>
          </aside>
        </div>
      )}
      <Unit placement="cart.crosssell" decisions={decisions} />
      <Unit placement="cart.rules" decisions={decisions} />
    </div>
  );
}
