import { createRandom } from "../../kernel/index.ts";

const dayMs = 86_400_000;

export type Shopper = {
  readonly id: string;
  /** Orders a day. */
  readonly rate: number;
  /** When they lose interest, ms; later than now = never. */
  readonly leavesAt: number;
  readonly orders: readonly { readonly at: number; readonly minor: number }[];
};

/** Draws shoppers of known behaviour: each orders at a pace of their own until they lose interest. Rates are spread a hundredfold. */
export function drawShoppers(count: number, fromMs: number, untilMs: number, seed = 7): readonly Shopper[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at): Shopper => {
    const rate = 0.25 * 10 ** (-2 * random());
    const joined = fromMs + random() * 0.5 * (untilMs - fromMs);
    const leavesAt = joined + -Math.log(1 - random()) * 400 * dayMs;
    const value = 1_000 + Math.round(random() * 20_000);
    const orders: { at: number; minor: number }[] = [];
    for (let time = joined; time < Math.min(leavesAt, untilMs) && orders.length < 90; ) {
      orders.push({ at: Math.round(time), minor: Math.round(value * (0.5 + random())) });
      time += (-Math.log(1 - random()) / rate) * dayMs;
    }
    return { id: `shopper-${at}`, rate, leavesAt, orders };
  });
}

/** Their orders as native events of the shop's server. */
export function orderEvents(shoppers: readonly Shopper[], currency = "USD"): readonly { readonly timestamp: string }[] {
  return shoppers
    .flatMap(({ id, orders }) =>
      orders.map(({ at, minor }, number) => ({
        type: "orderPlaced",
        messageId: `${id}-${number}`,
        customerId: id,
        timestamp: new Date(at).toISOString(),
        properties: {
          orderId: `${id}-${number}`,
          orderTotal: { minor, currency },
          items: [{ sku: `sku-${number % 5}`, qty: 1 + (number % 3), lineTotal: { minor, currency } }],
        },
      })),
    )
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
}
