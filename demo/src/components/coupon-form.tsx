import { type FormEvent, useState } from "react";
import { useShop } from "../state/shop.ts";
import type { CartOffers } from "../types.ts";
import { Icon } from "./icons.tsx";

/** Codes of the cart: those that count, why others do not, and a place to enter one. Not a form: it stands inside one. */
export function CouponForm({ coupons }: { readonly coupons: CartOffers["coupons"] }) {
  const { cart } = useShop();
  const [code, setCode] = useState("");
  const enter = (event?: FormEvent | React.KeyboardEvent): void => {
    event?.preventDefault();
    const applied = coupons.filter(({ isApplied }) => isApplied).map((coupon) => coupon.code);
    cart.enterCode(code, applied);
    setCode("");
  };
  return (
    <div className="coupons">
      <label className="field coupon-entry">
        <span>Coupon code</span>
        <input
          value={code}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="characters"
          onChange={(event) => setCode(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && enter(event)}
        />
      </label>
      <button type="button" className="button button-small button-quiet" disabled={code.trim() === ""} onClick={enter}>
        Apply
      </button>
      <ul aria-live="polite" aria-label="Your codes">
        {coupons.map((coupon) => (
          <li key={coupon.code} className={coupon.isApplied ? "coupon" : "coupon coupon-refused"}>
            <span>
              <strong>{coupon.code}</strong> {coupon.isApplied ? "is applied." : coupon.message}
            </span>
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove code ${coupon.code}`}
              onClick={() => cart.removeCode(coupon.code)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
