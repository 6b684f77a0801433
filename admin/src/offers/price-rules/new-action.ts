import type { Money } from "../../api/shapes.ts";
import type { ActionType, CartAction } from "./shapes.ts";

/** A first action of a kind, ready to be changed; figures that suit most shops. */
export function newAction(type: ActionType, currency: string): CartAction {
  const amount = (minor: number): readonly Money[] => [{ minor, currency }];
  switch (type) {
    case "percent":
      return { type, percent: "10" };
    case "fixed":
    case "cart_fixed":
      return { type, amounts: amount(500) };
    case "buy_x_get_y":
      return { type, buy: 3, get: 1 };
    case "free_gift":
      return { type, sku: "", qty: 1 };
    case "tiered_percent":
      return {
        type,
        measure: "subtotal",
        tiers: [
          { fromAmounts: amount(5_000), percent: "5" },
          { fromAmounts: amount(10_000), percent: "10" },
        ],
      };
    case "tiered_fixed":
      return { type, measure: "subtotal", tiers: [{ fromAmounts: amount(10_000), amounts: amount(1_000) }] };
    case "group_price":
      return { type, qty: 3, amounts: amount(10_000) };
    case "buy_get":
      return { type, buyQty: 2, getQty: 1, percent: "100" };
  }
}
