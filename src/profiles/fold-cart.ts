// The open cart as a short log of changes in order of time, so that a late `addToCart` counts where it belongs. The log starts at
// the newest event that says what the whole cart is (a cart view) or that it is over (a purchase): nothing older matters.
import type { CanonicalEvent } from "../collect/index.ts";
import { readCartTotals } from "./cart-totals.ts";
import { type EventLine, readLines, readText, totalOfLine } from "./event-lines.ts";
import type { Cart, CartLine, CartOperation, CartTotals, ProfileState } from "./profile.ts";

const maxCartLines = 200;
const maxOperations = 200;
/** So many of the oldest become one `set` when the log is full. */
const compactedOperations = 100;

export type CartState = Pick<ProfileState, "cart" | "cartLog">;

const kinds: Readonly<Record<string, CartOperation["k"]>> = {
  openCart: "open",
  addToCart: "add",
  removeFromCart: "remove",
  shoppingCartView: "set",
  startCheckout: "set",
  completeCheckout: "close",
  orderPlaced: "close",
};

function toCartLine(line: EventLine, currency: string): CartLine {
  return {
    sku: line.sku,
    qty: line.qty,
    lineTotal: totalOfLine(line, currency),
    ...(line.parentSku ? { parentSku: line.parentSku } : {}),
    ...(line.name ? { name: line.name } : {}),
    ...(line.unitPrice ? { unitPrice: line.unitPrice } : {}),
  };
}

type LoggedLine = NonNullable<CartOperation["l"]>[number];

function pack({ sku, qty, lineTotal, unitPrice, name, parentSku }: CartLine): LoggedLine {
  const line: (string | number | null)[] = [sku, qty, lineTotal.minor, lineTotal.currency];
  line.push(unitPrice?.minor ?? null, unitPrice?.currency ?? null, name ?? null, parentSku ?? null);
  while (line.at(-1) === null) line.pop();
  return line;
}

const textOf = (value: string | number | null | undefined): string => (typeof value === "string" ? value : "");
const numberOf = (value: string | number | null | undefined): number => (typeof value === "number" ? value : 0);

function unpack([sku, qty, minor, currency, unitMinor, unitCurrency, name, parentSku]: LoggedLine): CartLine {
  return {
    sku: textOf(sku),
    qty: numberOf(qty),
    lineTotal: { minor: numberOf(minor), currency: textOf(currency) },
    ...(parentSku ? { parentSku: textOf(parentSku) } : {}),
    ...(name ? { name: textOf(name) } : {}),
    ...(unitCurrency ? { unitPrice: { minor: numberOf(unitMinor), currency: textOf(unitCurrency) } } : {}),
  };
}

/** The operation that sets these lines. */
export function setLines(
  t: number,
  m: string,
  cartId: string | null,
  items: readonly CartLine[],
  totals?: CartTotals,
): CartOperation {
  return {
    t,
    m,
    k: "set",
    l: items.map(pack),
    ...(cartId === null ? {} : { c: cartId }),
    ...(totals ? { a: totals } : {}),
  };
}

function addLines(items: readonly CartLine[], lines: readonly CartLine[]): readonly CartLine[] {
  const next = [...items];
  for (const added of lines) {
    const at = next.findIndex((item) => item.sku === added.sku);
    const present = next[at];
    if (!present) next.push(added);
    else {
      const { currency } = added.lineTotal;
      const before = present.lineTotal.currency === currency ? present.lineTotal.minor : 0;
      const lineTotal = { minor: before + added.lineTotal.minor, currency };
      next[at] = { ...present, ...added, qty: present.qty + added.qty, lineTotal };
    }
  }
  return next.slice(0, maxCartLines);
}

function removeLines(items: readonly CartLine[], lines: readonly CartLine[]): readonly CartLine[] {
  const removedBySku = new Map<string, number>();
  for (const line of lines) removedBySku.set(line.sku, (removedBySku.get(line.sku) ?? 0) + line.qty);
  const left: CartLine[] = [];
  for (const item of items) {
    const removed = removedBySku.get(item.sku) ?? 0;
    const qty = item.qty - removed;
    if (removed === 0) left.push(item);
    else if (qty > 0) {
      const minor = Math.round((item.lineTotal.minor * qty) / item.qty);
      left.push({ ...item, qty, lineTotal: { ...item.lineTotal, minor } });
    }
  }
  return left;
}

/** Amounts are over with the next line; codes stay in the cart. */
function codesOf({ totals }: Cart): Pick<Cart, "totals"> {
  return totals?.couponCodes ? { totals: { couponCodes: totals.couponCodes } } : {};
}

/** `openCart` only names the cart: its lines come again as `addToCart`. Another cart id means another, empty cart. */
function applyOperation(cart: Cart | null, { t, k, c, l = [], a }: CartOperation): Cart | null {
  if (k === "close") return null;
  const lines = l.map(unpack);
  const cartId = c ?? cart?.cartId ?? null;
  const goesOn = cart !== null && (cart.cartId === null || cartId === null || cart.cartId === cartId);
  const open: Cart = goesOn ? cart : { cartId, items: [], updatedAt: t };
  const updatedAt = Math.max(open.updatedAt, t);
  switch (k) {
    case "open":
      return { ...open, cartId, updatedAt };
    case "add":
      return { cartId, items: addLines(open.items, lines), updatedAt, ...codesOf(open) };
    case "remove":
      return { cartId, items: removeLines(open.items, lines), updatedAt, ...codesOf(open) };
    case "set":
      return { cartId, items: lines, updatedAt: t, ...(a ? { totals: a } : {}) };
  }
}

function isReset({ k }: CartOperation): boolean {
  return k === "set" || k === "close";
}

function compare(a: CartOperation, b: CartOperation): number {
  return a.t - b.t || (a.m < b.m ? -1 : a.m > b.m ? 1 : 0);
}

function replay(log: readonly CartOperation[]): Cart | null {
  return log.reduce<Cart | null>(applyOperation, null);
}

function compact(log: readonly CartOperation[]): readonly CartOperation[] {
  if (log.length <= maxOperations) return log;
  const oldest = log.slice(0, compactedOperations);
  const cart = replay(oldest);
  const { t, m } = oldest.at(-1) ?? { t: 0, m: "" };
  const base: CartOperation = cart ? setLines(t, m, cart.cartId, cart.items, cart.totals) : { t, m, k: "close" };
  return [base, ...log.slice(compactedOperations)];
}

/** The log from its newest reset on. */
function trim(log: readonly CartOperation[]): readonly CartOperation[] {
  for (let at = log.length - 1; at > 0; at -= 1) {
    const operation = log[at];
    if (operation && isReset(operation)) return log.slice(at);
  }
  return log;
}

function operationOf(event: CanonicalEvent, currency: string): CartOperation | undefined {
  const k = kinds[event.type];
  // Yesterday's orders of an import do not end the cart of today.
  if (k === undefined || (event.type === "orderPlaced" && event.sourceKind === "history")) return undefined;
  const place = { t: event.timestamp, m: event.messageId, k };
  if (k === "close") return place;
  if (k === "set" && !Array.isArray(event.properties["items"])) return undefined;
  const c = readText(event.properties["cartId"], 128);
  const named = c === undefined ? place : { ...place, c };
  if (k === "open") return named;
  const l = readLines(event)
    .slice(0, maxCartLines)
    .map((line) => pack(toCartLine(line, currency)));
  const totals = k === "set" ? readCartTotals(event.properties) : undefined;
  return totals ? { ...named, l, a: totals } : { ...named, l };
}

/** The cart after an event, which may be older than those before it. */
export function foldCart(state: CartState, event: CanonicalEvent, currency: string): CartState {
  const operation = operationOf(event, currency);
  if (operation === undefined) return state;
  const { cartLog } = state;
  const last = cartLog.at(-1);
  if (last === undefined || compare(last, operation) <= 0) {
    const log = compact(isReset(operation) ? [operation] : [...cartLog, operation]);
    return { cart: applyOperation(state.cart, operation), cartLog: log };
  }
  const [first] = cartLog;
  if (first && isReset(first) && compare(operation, first) < 0) return state;
  return toState([...cartLog, operation]);
}

function toState(unordered: readonly CartOperation[]): CartState {
  const cartLog = compact(trim([...unordered].sort(compare)));
  return { cartLog, cart: replay(cartLog) };
}

/** The cart of two profiles that were one person. */
export function mergeCarts(a: CartState, b: CartState): CartState {
  if (a.cartLog.length === 0) return { cart: b.cart, cartLog: b.cartLog };
  return b.cartLog.length === 0 ? { cart: a.cart, cartLog: a.cartLog } : toState([...a.cartLog, ...b.cartLog]);
}

/** True for events that change a cart. */
export function isCartEvent(type: string): boolean {
  return Object.hasOwn(kinds, type);
}
