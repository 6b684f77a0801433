// Carts of the past from the events that filled them, as profiles fold them: each as it stood when it was bought, or last.
import type { CanonicalEvent } from "../../collect/index.ts";
import { isObject, type JsonObject } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import { type Cart, type CartState, foldCart } from "../../profiles/index.ts";
import { type CartInput, type CartLineInput, cartInputOf, scale } from "../cart-rules/engine.ts";
import type { PastCart } from "./past-cart.ts";
import type { CartChange, PastOpenCart } from "./simulation-job.ts";

/** Of one line that a browser told: it costs nothing to claim more. */
const mostClaimedQty = 1_000n * scale;

/**
 * @param shopCurrency of carts that tell none
 * @returns none for what never held anything
 */
export function pastOpenCarts(past: PastOpenCart, shopCurrency: string): readonly PastCart[] {
  const { storeView, isTrusted, changes } = past;
  const currency = past.currency || shopCurrency;
  const found: Cart[] = [];
  let state: CartState = { cart: null, cartLog: [] };
  for (const change of changes) {
    const before = state.cart;
    state = foldCart(state, eventOf(change, storeView), currency);
    if (before !== null && state.cart === null && before.items.length > 0) found.push(before);
  }
  if (state.cart && state.cart.items.length > 0) found.push(state.cart);
  return found.flatMap((cart): readonly PastCart[] => {
    const input = cartInputOf(cart, currency);
    if (input.lines.length === 0) return [];
    const { totals } = cart;
    const own = { at: cart.updatedAt, storeView, cart: withTotals(input, cart), codes: totals?.couponCodes ?? [] };
    return [{ ...own, customerGroup: null, isGuest: false, isClaimed: !isTrusted }];
  });
}

function eventOf({ type, id, at, sourceKind, properties }: CartChange, storeView: string): CanonicalEvent {
  const parsed: unknown = JSON.parse(properties);
  return {
    ...{ messageId: id, sourceId: "", type, originalName: type, timestamp: at, receivedAt: at, storeView },
    // Written from a SourceKind.
    sourceKind: sourceKind as CanonicalEvent["sourceKind"],
    ...{ identifiers: [], verified: false, context: {}, extra: {}, flags: [] },
    properties: isObject(parsed) ? (parsed as JsonObject) : {},
  };
}

/** What a cart view or a checkout told of shipping and payment. */
function withTotals(input: CartInput, { totals }: Cart): CartInput {
  if (!totals) return input;
  const { shipping, shippingMethod: method, paymentMethod, country, region, postcode } = totals;
  const isShipped = shipping?.currency === input.currency && shipping.minor >= 0;
  return {
    ...input,
    paymentMethod,
    ...(isShipped
      ? { shipping: { pricing: "per_order", rate: BigInt(shipping.minor), method, country, region, postcode } }
      : {}),
  };
}

/** The cart at what the catalog asks now; lines of products that it does not know go. */
export function atCatalogPrices(cart: CartInput, productOf: (sku: string) => RuleObject | undefined): CartInput {
  const { shipping: _claimed, ...rest } = cart;
  const lines = cart.lines.flatMap((line): readonly CartLineInput[] => {
    const price = catalogPrice(productOf(line.sku), cart.currency);
    return price === undefined || line.qty > mostClaimedQty ? [] : [{ ...line, price: BigInt(price) * scale }];
  });
  return { ...rest, lines };
}

function catalogPrice(facts: RuleObject | undefined, currency: string): number | undefined {
  const { final_price: final, price } = (facts ?? {}) as { final_price?: unknown; price?: unknown };
  const money = isObject(final) ? final : price;
  if (!isObject(money)) return undefined;
  const { minor, currency: of } = money as { minor?: unknown; currency?: unknown };
  return of === currency && typeof minor === "number" && Number.isSafeInteger(minor) && minor >= 0 ? minor : undefined;
}
