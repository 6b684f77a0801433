import { links } from "../router.ts";
import { useShop } from "../state/shop.ts";
import { pricedNow, useTotals } from "../state/use-totals.ts";
import { useValue } from "../state/value.ts";
import { formatMoney } from "./money.tsx";

const maxShown = 4;

/** The cart in short, below its link: shown while the link has the pointer or the focus. */
export function MiniCart() {
  const { cart } = useShop();
  const { value: totals } = useTotals("standard", "");
  const lines = pricedNow(useValue(cart.cart).lines, totals);
  return (
    <div className="mini-cart">
      <ul>
        {lines.slice(0, maxShown).map((line) => (
          <li key={line.key}>
            <span>
              {line.qty} × {line.name}
            </span>
            <span className="figure">
              {formatMoney(line.lineTotal)}
              {line.discount && line.discount.minor > 0 && (
                <span className="line-discount">−{formatMoney(line.discount)}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {lines.length > maxShown && <p>and {lines.length - maxShown} more</p>}
      {totals?.offers.hints.slice(0, 1).map(({ rule, text }) => (
        <p key={rule} className="offer-note">
          {text}
        </p>
      ))}
      {totals && (
        <p className="mini-cart-total">
          <span>Total before tax</span>
          <strong className="figure">{formatMoney(totals.totals.total)}</strong>
        </p>
      )}
      <a className="button button-small" href={links.checkout}>
        Go to checkout
      </a>
    </div>
  );
}
