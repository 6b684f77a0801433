// A small shop and what its simulated shoppers did, for tests.
import { createSimulator, type SimulatorProduct } from "./index.ts";

export const now = Date.UTC(2026, 4, 13, 15, 30);
export const dayMs = 86_400_000;

const leafPaths = [
  "gear/bags",
  "gear/watches",
  "men/tops-men/tees-men",
  "men/bottoms-men/pants-men",
  "women/tops-women/tees-women",
  "women/bottoms-women/pants-women",
];
export const products: readonly SimulatorProduct[] = leafPaths.flatMap((path, leaf) =>
  Array.from({ length: 12 }, (_, at) => ({
    sku: `P-${leaf}-${at}`,
    name: `Model ${leaf}${String.fromCharCode(65 + at)} thing`,
    categories: at % 4 === 0 ? [path, "collections/new"] : [path],
    price: 1_199 + 850 * at + leaf * 37,
    currency: "USD",
    variants: leaf >= 2 ? [`P-${leaf}-${at}-S`, `P-${leaf}-${at}-M`] : [],
  })),
);

type Money = { minor: number; currency: string };
type Item = { sku: string; parentSku?: string; qty: number; unitPrice: Money; lineTotal: Money };
export type Sent = {
  messageId: string;
  type: string;
  timestamp: string;
  anonymousId?: string;
  customerId?: string;
  email?: string;
  traits?: { firstName: string; lastName: string };
  context: {
    simulated: boolean;
    sessionId: string;
    device: string;
    page: { url: string; title: string; type: string };
    campaign?: object;
  };
  properties: Record<string, unknown> & {
    items: Item[];
    orderId: string;
    orderTotal: Money;
    tax: Money;
    shipping: Money;
    discount: Money;
    refund: Money;
    results: number;
    reason: string;
  };
};
type Delivery = { events: readonly Sent[]; isBackOffice: boolean };

type Options = { shoppers?: number; seed?: number; at?: number };
const past = new Map<string, ReturnType<typeof simulateAfresh>>();

/** What a history sends; made once for the same options. */
export function simulate(options: Options = {}): ReturnType<typeof simulateAfresh> {
  const key = JSON.stringify(options);
  const made = past.get(key) ?? simulateAfresh(options);
  past.set(key, made);
  return made;
}

export async function simulateAfresh(options: Options) {
  const deliveries: Delivery[] = [];
  const progress: (readonly [number, number])[] = [];
  const simulator = createSimulator({
    shoppers: options.shoppers ?? 60,
    seed: options.seed ?? 7,
    now: () => options.at ?? now,
    products,
    send: async (events, isBackOffice) => {
      deliveries.push({ events: structuredClone(events) as Sent[], isBackOffice });
    },
  });
  const count = await simulator.history((done, total) => progress.push([done, total]));
  const events = deliveries.flatMap((delivery) => delivery.events);
  const ofType = (type: string) => events.filter((event) => event.type === type);
  return { deliveries, progress, count, events, ofType };
}
