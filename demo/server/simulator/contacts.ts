// What happens outside the pages of the shop: its weekly e-mail and who reads it, visits to its store, orders of long ago.
import { createCustomerRecord } from "./customer-record.ts";
import type { Population } from "./history.ts";
import { type Line, orderTotals, toItem } from "./order-totals.ts";
import { createRandom } from "./random.ts";
import { dayMs } from "./season.ts";
import type { Shopper } from "./shopper.ts";
import type { PlannedEvent, World } from "./visit.ts";

const hourMs = 3_600_000;
const mailingWeekday = 2;
const mailingHour = 15;
const storeRatio = 0.2;
const storeVisitsPerDay = 0.04;
const formerRatio = 0.12;

function told(shopper: Shopper, at: number, type: string, body: Readonly<Record<string, unknown>>): PlannedEvent {
  return {
    at: Math.round(at),
    shopperIndex: shopper.index,
    isBackOffice: true,
    type,
    body: { ...body, context: { simulated: true } },
  };
}

function mailing({ seed }: World, shopper: Shopper, day: number): readonly PlannedEvent[] {
  if (new Date(day * dayMs).getUTCDay() !== mailingWeekday) return [];
  if (createCustomerRecord(shopper.index, seed)["newsletter"] !== "subscribed") return [];
  // Some read nearly every one, some hardly any.
  const readiness = createRandom(seed, "reader", shopper.index).between(0.05, 0.8);
  const random = createRandom(seed, "mailing", shopper.index, day);
  const { customerId, email } = shopper;
  const properties = { channel: "email", templateId: "sim-weekly", sendKey: `sim-weekly-${day}` };
  const sentAt = day * dayMs + mailingHour * hourMs + random.whole(0, 1_200_000);
  const events = [["messageSent", sentAt] as const, ["messageDelivered", sentAt + random.whole(800, 20_000)] as const];
  const openedAt = sentAt + random.between(0.1, 30) * hourMs;
  const isOpened = random.chance(readiness);
  const isClicked = random.chance(0.3);
  const read = [
    ["messageOpened", openedAt] as const,
    ["messageClicked", openedAt + random.whole(5_000, 90_000)] as const,
  ];
  return [...events, ...(isOpened ? read.slice(0, isClicked ? 2 : 1) : [])].map(([type, at]) =>
    told(shopper, at, type, { customerId, email, properties }),
  );
}

function storeVisits({ seed }: World, shopper: Shopper, day: number): readonly PlannedEvent[] {
  if (!createRandom(seed, "store", shopper.index).chance(storeRatio)) return [];
  const random = createRandom(seed, "store", shopper.index, day);
  if (!random.chance(storeVisitsPerDay)) return [];
  const { customerId, email } = shopper;
  // Open from nine to six, six hours behind UTC.
  const at = day * dayMs + random.between(15, 24) * hourMs - 1;
  return [told(shopper, at, "storeVisit", { customerId, email, properties: { channel: "pos", storeId: "sim-store" } })];
}

/**
 * E-mails and store visits of a UTC day. They reach those who have an account when the day begins, and depend on nothing that happens
 * on the day.
 */
export function contactsOf(world: World, { shopper, state }: Population[number], day: number): readonly PlannedEvent[] {
  if (!state.isRegistered) return [];
  return [...mailing(world, shopper, day), ...storeVisits(world, shopper, day)];
}

/** Orders of seven to ten months ago, of some who never open an account; in order of time. */
export function formerOrders(world: World, population: Population, firstDay: number): readonly PlannedEvent[] {
  const orders = population.flatMap(({ shopper }): PlannedEvent[] => {
    const random = createRandom(world.seed, "former", shopper.index);
    const [product] = shopper.tastes[0]?.leaf.products ?? [];
    if (shopper.registersAtVisit !== null || !product || !random.chance(formerRatio)) return [];
    const variant = product.variants?.[0];
    const line: Line = {
      sku: variant ?? product.sku,
      parentSku: variant === undefined ? null : product.sku,
      name: product.name,
      qty: 1,
      unitMinor: product.price,
      currency: product.currency,
      categories: product.categories,
    };
    const totals = orderTotals([line], {
      method: "standard",
      discountRatio: 0,
      taxBasisPoints: shopper.taxBasisPoints,
    });
    const money = (minor: number) => ({ minor, currency: product.currency });
    const at = (firstDay - random.between(120, 210)) * dayMs;
    const properties = {
      orderId: `SIM-${shopper.key}-FORMER`,
      orderTotal: money(totals.totalMinor),
      tax: money(totals.taxMinor),
      shipping: money(totals.shippingMinor),
      discount: money(totals.discountMinor),
      shippingMethod: "standard",
      items: [toItem(line)],
    };
    return [told(shopper, at, "orderPlaced", { email: shopper.email, properties })];
  });
  return orders.sort((a, b) => a.at - b.at);
}
