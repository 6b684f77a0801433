// What orders and returns say about taste. An order is reported by several sources and changes later, so its share of the taste
// follows the order itself: what the former version gave is taken back, what the new one gives is added.
import type { CatalogProduct } from "../catalog/index.ts";
import { addAffinity, purchaseWeight, returnWeight, type TasteAttributes } from "./affinity.ts";
import { numbersOf } from "./join-orders.ts";
import type { Order, ProfileState } from "./profile.ts";

export type TasteContext = {
  /** The product an affinity counts for: the parent of a variant. */
  readonly parentOf: (sku: string) => CatalogProduct | undefined;
  readonly tasteAttributes?: TasteAttributes | undefined;
};

type Affinity = ProfileState["affinity"];
/** Products by the instant and weight they count with. */
type Share = { readonly skus: readonly string[]; readonly at: number; readonly weight: number };

function sharesOf(order: Order | undefined, isPlaced: boolean): readonly Share[] {
  if (!order) return [];
  const bought = { skus: order.items.map(({ sku }) => sku), at: order.placedAt, weight: purchaseWeight };
  const returned = Object.values(order.returns ?? {}).map(({ at, lines }) => ({
    skus: lines.filter(([, qty]) => qty > 0).map(([sku]) => sku),
    at,
    weight: returnWeight,
  }));
  return isPlaced ? [bought, ...returned] : returned;
}

const keyOf = ({ skus, at, weight }: Share): string => JSON.stringify([at, weight, skus]);

function productsOf(skus: readonly string[], context: TasteContext): readonly CatalogProduct[] {
  return skus.flatMap((sku) => context.parentOf(sku) ?? []);
}

type Orders = Pick<ProfileState, "orders" | "pendingOrders">;

function sharesOfOrders(orders: readonly Order[], pending: readonly Order[]): readonly Share[] {
  return [...orders.flatMap((order) => sharesOf(order, true)), ...pending.flatMap((order) => sharesOf(order, false))];
}

const notIn = (orders: readonly Order[], others: readonly Order[]): readonly Order[] => {
  const known = new Set(others);
  return orders.filter((order) => !known.has(order));
};

/** Taste after the orders changed from `before` to `after`; orders that became sums keep what they gave. */
export function followOrders(affinity: Affinity, before: Orders, after: Orders, context: TasteContext): Affinity {
  const present = new Set([...after.orders, ...after.pendingOrders].flatMap(numbersOf));
  const stillThere = (orders: readonly Order[]) =>
    orders.filter((order) => numbersOf(order).some((id) => present.has(id)));
  const given = sharesOfOrders(
    stillThere(notIn(before.orders, after.orders)),
    stillThere(notIn(before.pendingOrders, after.pendingOrders)),
  );
  const due = sharesOfOrders(notIn(after.orders, before.orders), notIn(after.pendingOrders, before.pendingOrders));
  const balance = new Map<string, { share: Share; count: number }>();
  const count = (shares: readonly Share[], step: number): void => {
    for (const share of shares) {
      const key = keyOf(share);
      const entry = balance.get(key) ?? { share, count: 0 };
      entry.count += step;
      balance.set(key, entry);
    }
  };
  count(given, -1);
  count(due, 1);
  let next = affinity;
  for (const { share, count: times } of balance.values()) {
    if (times === 0) continue;
    const products = productsOf(share.skus, context);
    next = addAffinity(next, products, share.weight * times, share.at, context.tasteAttributes);
  }
  return next;
}
