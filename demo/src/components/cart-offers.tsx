import { useShop } from "../state/shop.ts";
import { type TotalsAnswer, toTotalsRequest } from "../state/use-totals.ts";
import { WhyButton } from "./why-button.tsx";

/** What is missing for offers, gifts to take, and the question why these offers. */
export function CartOffers({ answer }: { readonly answer: TotalsAnswer }) {
  const shop = useShop();
  const { hints, gifts, isAvailable } = answer.offers;
  if (!isAvailable)
    return (
      <p className="offer-note offer-note-fault" role="status">
        Offers and codes cannot be worked out at the moment. These figures are without them.
      </p>
    );
  const why = () => ({
    title: "Offers of your cart",
    shown: "Each offer of the shop, and whether your cart fulfils it",
    reasons: answer.totals.discounts.map(({ key, label }) => ({ code: key, text: label })),
    score: null,
    cart: toTotalsRequest(shop),
  });
  return (
    <div className="cart-offers">
      <ul aria-label="Offers">
        {hints.map(({ rule, text }) => (
          <li key={rule} className="offer-note">
            {text}
          </li>
        ))}
        {gifts.map(({ sku, name, qty }) => (
          <li key={sku} className="offer-note">
            {qty} × {name} for free:{" "}
            <button type="button" className="link-button" onClick={() => void shop.cart.add([{ sku, qty }])}>
              add to cart
            </button>
          </li>
        ))}
      </ul>
      <WhyButton subject={why} label="offers of your cart" />
    </div>
  );
}
