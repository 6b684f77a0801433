// Between the open cart that profiles keep and the cart that is evaluated.
import { divideHalfUp, type Money } from "../../kernel/index.ts";
import type { Cart } from "../../profiles/index.ts";
import { rowOf } from "./amounts.ts";
import { readScaled, scale, scaleNumber } from "./exact.ts";
import type { CartInput, CartLineInput } from "./price-cart.ts";

const mostLines = 200;

/** The open cart of a profile, in the currency of its first line; lines in another are left out. */
export function cartInputOf(cart: Cart | null, fallback: string): CartInput {
  const lines = cart?.items.slice(0, mostLines) ?? [];
  const currency = lines[0]?.lineTotal.currency ?? fallback;
  return {
    currency,
    cartId: cart?.cartId ?? undefined,
    lines: lines.flatMap((line, index) => {
      const qty = readScaled(line.qty.toFixed(6));
      if (line.lineTotal.currency !== currency || qty === undefined || qty <= 0n) return [];
      const price = priceOf(line.lineTotal, qty, line.unitPrice);
      return [{ id: String(index + 1), sku: line.sku, qty, price }];
    }),
  };
}

/** Millionths of a minor unit; the line total stands for a unit price that nobody told. */
function priceOf(lineTotal: Money, qty: bigint, unitPrice: Money | undefined): bigint {
  if (unitPrice?.currency === lineTotal.currency) return BigInt(Math.trunc(unitPrice.minor)) * scale;
  return divideHalfUp(BigInt(Math.trunc(lineTotal.minor)) * scale * scale, qty);
}

/** A cart that is evaluated as audiences judge it that look at the request. */
export function openCartOf({ cartId, currency, lines, couponCodes }: CartInput, nowMs: number): Cart {
  return {
    cartId: cartId ?? null,
    updatedAt: nowMs,
    ...(couponCodes && couponCodes.length > 0 ? { totals: { couponCodes } } : {}),
    items: lines.map((line) => {
      const lineTotal = { minor: Number(lineRow(line)), currency };
      const unitPrice = { minor: Number(lineRow({ ...line, qty: scale })), currency };
      return { sku: line.sku, qty: Number(line.qty) / scaleNumber, lineTotal, unitPrice };
    }),
  };
}

function lineRow({ productType, children, qty, price }: CartLineInput): bigint {
  if (productType !== "bundle_dynamic" || !children || children.length === 0) return rowOf(qty, price);
  return children.reduce((sum, part) => sum + rowOf((part.qty * qty) / scale, part.price), 0n);
}
