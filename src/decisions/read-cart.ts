import { isObject } from "../kernel/index.ts";
import type { Cart, CartLine } from "../profiles/index.ts";
import { readCartTotals, readMoney } from "../profiles/index.ts";

const maxLines = 200;

/**
 * A cart sent with a call: `{cartId?, items: [{sku, qty?, unitPrice?, lineTotal?}]}` and what it comes to, see `readCartTotals`;
 * unreadable lines are left out.
 */
export function readCart(value: unknown, currency: string, nowMs: number): Cart | null {
  if (!isObject(value) || !Array.isArray(value["items"])) return null;
  const items: CartLine[] = [];
  for (const line of value["items"].slice(0, maxLines)) {
    if (!isObject(line) || typeof line["sku"] !== "string" || line["sku"] === "") continue;
    const qty = typeof line["qty"] === "number" && line["qty"] > 0 ? line["qty"] : 1;
    const unitPrice = readMoney(line["unitPrice"]);
    const lineTotal = readMoney(line["lineTotal"]) ?? {
      minor: Math.round((unitPrice?.minor ?? 0) * qty),
      currency: unitPrice?.currency ?? currency,
    };
    items.push({ sku: line["sku"], qty, lineTotal, ...(unitPrice ? { unitPrice } : {}) });
  }
  const cartId = typeof value["cartId"] === "string" ? value["cartId"].slice(0, 128) : null;
  const totals = readCartTotals(value);
  return { cartId, items, updatedAt: nowMs, ...(totals ? { totals } : {}) };
}
