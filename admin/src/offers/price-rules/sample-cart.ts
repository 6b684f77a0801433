import type { Json, Money } from "../../api/shapes.ts";
import { recall, remember } from "../../ui/remember.ts";
import type { CartRuleBody } from "./shapes.ts";

export type SampleLine = { readonly sku: string; readonly name: string; readonly qty: number; readonly price: Money };

/** A cart that somebody makes up to try a rule on. */
export type SampleCart = {
  readonly lines: readonly SampleLine[];
  readonly codes: readonly string[];
  /** Empty: as known of the customer; of nobody in particular not_logged_in. */
  readonly group: string;
  readonly storeView: string;
  /** Null = nothing is shipped. */
  readonly shipping: Money | null;
  /** Local time of the reader; empty = now. */
  readonly at: string;
  /** With the rule's own code, or any of its pool. */
  readonly hasOwnCode: boolean;
};

export const emptyCart: SampleCart = {
  ...{ lines: [], codes: [], group: "", storeView: "", shipping: null, at: "", hasOwnCode: true },
};

const place = "price-rules.cart";

/** The lines of the cart tried last in this browser, so that they need not be put together for each rule. */
export function recallCart(): SampleCart {
  try {
    const lines: unknown = JSON.parse(recall(place) ?? "[]");
    return Array.isArray(lines) && lines.every(isLine) ? { ...emptyCart, lines } : emptyCart;
  } catch {
    return emptyCart;
  }
}

export function rememberCart({ lines }: SampleCart): void {
  remember(place, JSON.stringify(lines));
}

function isLine(given: unknown): given is SampleLine {
  const { sku, name, qty, price } = (given ?? {}) as Partial<SampleLine>;
  const isNamed = typeof sku === "string" && typeof name === "string";
  return isNamed && typeof qty === "number" && typeof price?.minor === "number" && typeof price.currency === "string";
}

/** Taken as a code of the pool, whatever codes it has. */
export const anyPoolCode = "ANY-CODE-OF-THE-POOL";
/** The rule in the form while it has no key of its own. */
export const newRuleKey = "~new";

export type DraftRule = {
  readonly key: string;
  readonly name: string;
  readonly body: CartRuleBody;
  readonly storeViews: readonly string[] | null;
};

/** The call that evaluates the cart with the draft; null without anything in the cart. */
export function trialRequest(cart: SampleCart, draft: DraftRule, profileId: string | null): Json | null {
  const [first] = cart.lines;
  if (!first) return null;
  const { coupon } = draft.body;
  const own = coupon?.type === "specific" ? coupon.code : coupon?.type === "pool" ? anyPoolCode : "";
  const codes = [...cart.codes, ...(cart.hasOwnCode && own.trim() !== "" ? [own] : [])];
  const at = cart.at === "" ? Number.NaN : Date.parse(cart.at);
  const request = {
    explain: true,
    draft: { ...draft, ...(coupon?.type === "pool" && cart.hasOwnCode ? { code: anyPoolCode } : {}) },
    cart: {
      currency: first.price.currency,
      lines: cart.lines.map(({ sku, qty, price }, at) => ({ id: String(at + 1), sku, qty, unitPrice: price })),
      ...(codes.length === 0 ? {} : { couponCodes: codes }),
      ...(cart.shipping ? { shipping: { rate: cart.shipping } } : {}),
    },
    ...(cart.storeView === "" ? {} : { storeView: cart.storeView }),
    ...(profileId === null ? {} : { identity: { profileId } }),
    ...(cart.group === "" ? {} : { customer: { group: cart.group } }),
    ...(Number.isNaN(at) ? {} : { asOf: new Date(at).toISOString() }),
  };
  // Made of what JSON has.
  return request as unknown as Json;
}
