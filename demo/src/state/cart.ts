import type { Tracking } from "../personalisation/tracking.ts";
import { shopApi } from "../shop-api.ts";
import type { Line, LineRequest } from "../types.ts";
import { keep, readKept } from "./kept.ts";
import { createValue, type Value } from "./value.ts";

// The cart lives in this browser; a signed-in shopper's cart is also saved with the account. `cartId` is made with the
// first line and given back when the order is placed: that is what "a new cart" means.

export type Cart = {
  readonly cartId: string;
  readonly lines: readonly Line[];
  readonly quoteId: string;
  /** As entered; the shop's server says which of them count. */
  readonly couponCodes: readonly string[];
};

export const emptyCart: Cart = { cartId: "", lines: [], quoteId: "", couponCodes: [] };
const maxCodes = 5;
const key = "luma.cart";
const maxQty = 100;

export type CartActions = {
  readonly cart: Value<Cart>;
  /** Adds products; rejects when the shop's server refuses or does not answer. */
  add(requests: readonly LineRequest[]): Promise<readonly Line[]>;
  setQty(lineKey: string, qty: number): void;
  remove(lineKey: string): void;
  applyQuote(quoteId: string): void;
  /** @param kept codes that stay: those that count */
  enterCode(code: string, kept: readonly string[]): void;
  removeCode(code: string): void;
  /** Replaces the cart without telling Clientele: after a sign-in, a sign-out or an order. */
  replace(cart: Cart): void;
};

function isLine(value: unknown): value is Line {
  return (
    typeof value === "object" &&
    value !== null &&
    "key" in value &&
    "qty" in value &&
    "lineTotal" in value &&
    "unitPrice" in value
  );
}

function readCart(): Cart {
  const kept = readKept(key);
  if (typeof kept !== "object" || kept === null || !("lines" in kept) || !Array.isArray(kept.lines)) return emptyCart;
  const cartId = "cartId" in kept && typeof kept.cartId === "string" ? kept.cartId : "";
  const quoteId = "quoteId" in kept && typeof kept.quoteId === "string" ? kept.quoteId : "";
  const codes = "couponCodes" in kept && Array.isArray(kept.couponCodes) ? kept.couponCodes : [];
  const couponCodes = codes.filter((code): code is string => typeof code === "string").slice(0, maxCodes);
  return { cartId, quoteId, couponCodes, lines: kept.lines.filter(isLine) };
}

function withQty(line: Line, qty: number): Line {
  return { ...line, qty, lineTotal: { ...line.unitPrice, minor: line.unitPrice.minor * qty } };
}

export function addLines(lines: readonly Line[], added: readonly Line[]): readonly Line[] {
  const byKey = new Map(lines.map((line) => [line.key, line]));
  for (const line of added)
    byKey.set(line.key, withQty(line, Math.min((byKey.get(line.key)?.qty ?? 0) + line.qty, maxQty)));
  return [...byKey.values()];
}

export function piecesOf({ lines }: Cart): number {
  return lines.reduce((sum, { qty }) => sum + qty, 0);
}

export function toRequests(lines: readonly Line[]): readonly LineRequest[] {
  return lines.map(({ sku, qty, choices }) => ({ sku, qty, choices }));
}

/** @param onChange called after every change by the shopper, to save it with the account */
export function createCart(tracking: Tracking, onChange: () => void): CartActions {
  const cart = createValue<Cart>(readCart());

  const write = (next: Cart): void => {
    cart.set(next);
    keep(key, next);
  };
  const change = (next: Cart): void => {
    write(next);
    onChange();
  };
  // Another tab of the shop changed it.
  addEventListener("storage", (event) => {
    if (event.key === key) cart.set(readCart());
  });

  const setQty = (lineKey: string, wanted: number): void => {
    const current = cart.get();
    const line = current.lines.find((candidate) => candidate.key === lineKey);
    const qty = Math.max(0, Math.min(Math.round(wanted), maxQty));
    if (!line || qty === line.qty) return;
    const lines = current.lines.flatMap((other) => (other !== line ? other : qty === 0 ? [] : withQty(line, qty)));
    change({ ...current, lines });
    const moved = withQty(line, Math.abs(qty - line.qty));
    if (qty > line.qty) tracking.addToCart(current.cartId, [moved]);
    else tracking.removeFromCart(current.cartId, [moved]);
  };

  return {
    cart,
    add: async (requests) => {
      const { lines: added } = await shopApi.post<{ lines: readonly Line[] }>("/lines", { lines: requests });
      const current = cart.get();
      const isNew = current.cartId === "";
      const cartId = isNew ? crypto.randomUUID() : current.cartId;
      change({ ...current, cartId, lines: addLines(current.lines, added) });
      if (isNew) tracking.openCart(cartId, added);
      tracking.addToCart(cartId, added);
      return added;
    },
    setQty,
    remove: (lineKey) => setQty(lineKey, 0),
    applyQuote: (quoteId) => change({ ...cart.get(), quoteId }),
    enterCode: (entered, kept) => {
      const code = entered.trim().toUpperCase();
      const current = cart.get();
      const codes = current.couponCodes.filter((one) => one !== code && kept.includes(one));
      if (code !== "") write({ ...current, couponCodes: [...codes.slice(0, maxCodes - 1), code] });
    },
    removeCode: (code) => {
      const current = cart.get();
      write({ ...current, couponCodes: current.couponCodes.filter((one) => one !== code) });
    },
    replace: write,
  };
}
