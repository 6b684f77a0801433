import type { CanonicalEvent } from "../collect/index.ts";
import { type EventLine, readLines, readText, totalOfLine } from "./event-lines.ts";
import type { Cart, CartLine } from "./profile.ts";

const maxCartLines = 200;

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

function addLines(cart: Cart, lines: readonly EventLine[], currency: string): readonly CartLine[] {
  const items = [...cart.items];
  for (const line of lines) {
    const added = toCartLine(line, currency);
    const at = items.findIndex((item) => item.sku === line.sku);
    const present = items[at];
    if (!present) items.push(added);
    else {
      const minor =
        present.lineTotal.currency === added.lineTotal.currency
          ? present.lineTotal.minor + added.lineTotal.minor
          : added.lineTotal.minor;
      items[at] = {
        ...present,
        ...added,
        qty: present.qty + added.qty,
        lineTotal: { minor, currency: added.lineTotal.currency },
      };
    }
  }
  return items.slice(0, maxCartLines);
}

function removeLines(cart: Cart, lines: readonly EventLine[]): readonly CartLine[] {
  const removedBySku = new Map<string, number>();
  for (const line of lines) removedBySku.set(line.sku, (removedBySku.get(line.sku) ?? 0) + line.qty);
  const items: CartLine[] = [];
  for (const item of cart.items) {
    const removed = removedBySku.get(item.sku) ?? 0;
    const qty = item.qty - removed;
    if (removed === 0) items.push(item);
    else if (qty > 0)
      items.push({
        ...item,
        qty,
        lineTotal: { ...item.lineTotal, minor: Math.round((item.lineTotal.minor * qty) / item.qty) },
      });
  }
  return items;
}

/**
 * The open cart after an event: `addToCart` and `removeFromCart` change lines, a cart view or checkout start replaces them all
 * (it is the shop's own snapshot), a purchase ends the cart. `openCart` only names it: its lines come again as `addToCart`.
 */
export function foldCart(cart: Cart | null, event: CanonicalEvent, currency: string): Cart | null {
  const cartId = readText(event.properties["cartId"], 128) ?? cart?.cartId ?? null;
  const known = cart && (cart.cartId === null || cartId === null || cart.cartId === cartId) ? cart : null;
  const open: Cart = known ?? { cartId, items: [], updatedAt: event.timestamp };
  const updatedAt = Math.max(open.updatedAt, event.timestamp);
  switch (event.type) {
    case "openCart":
      return { ...open, cartId, updatedAt };
    case "addToCart":
      return { cartId, items: addLines(open, readLines(event), currency), updatedAt };
    case "removeFromCart":
      return { cartId, items: removeLines(open, readLines(event)), updatedAt };
    case "shoppingCartView":
    case "startCheckout":
      if (!Array.isArray(event.properties["items"])) return cart;
      return {
        cartId,
        items: readLines(event)
          .slice(0, maxCartLines)
          .map((line) => toCartLine(line, currency)),
        updatedAt,
      };
    case "completeCheckout":
      return null;
    default:
      return cart;
  }
}
