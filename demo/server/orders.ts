import { randomBytes } from "node:crypto";
import { orderCancelled, orderPlaced, orderReturned } from "./back-office-events.ts";
import type { ShopCatalog } from "./catalog.ts";
import type { CouponDesk } from "./coupon-desk.ts";
import { emailRules, type Form, isFields, readForm } from "./form.ts";
import { lineKey, type PricedLine, priceLines, readLines } from "./lines.ts";
import { formatDollars } from "./offer-texts.ts";
import type { Account, Address, BackOfficeEvent, Order, Quote } from "./records.ts";
import { notFound, ShopError } from "./shop-error.ts";
import type { ShopStore } from "./shop-store.ts";
import { type Bill, readCodes, type Till } from "./till.ts";
import { paymentMethods, shippingMethods } from "./totals.ts";
import { usStates } from "./us-states.data.ts";

export type Orders = {
  /**
   * Checks the form, prices every line from the shop's catalog and keeps the order. What the browser says about prices
   * is never charged: where it shows another total than the shop works out, nothing is ordered. The same `checkoutId`
   * gives the same order again.
   *
   * @param onBill told of the bill before it is compared with what the shopper saw
   * @throws {ShopError} 422 with all faulty fields; 409 when the total is no longer the one that the shopper saw, or an
   * offer ran out; 503 when offers cannot be worked out and the shopper has not settled for an order without them
   */
  place(body: unknown, account: Account | null, onBill: (bill: Bill) => void): Promise<Order>;
  /** @throws {ShopError} 404 for an order of somebody else, 409 when it is no longer open */
  cancel(orderId: string, account: Account): Promise<Order>;
  /** @throws {ShopError} as `cancel` */
  returnAll(orderId: string, body: unknown, account: Account): Promise<Order>;
};

const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** e.g. `L261121-7KQ2MX`: the day, and 30 random bits so that a shop that starts afresh repeats none. */
function newOrderId(nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(2, 10).replaceAll("-", "");
  return `L${day}-${[...randomBytes(6)].map((byte) => alphabet.charAt(byte % 32)).join("")}`;
}

function readAddress(body: unknown): { readonly form: Form; readonly address: Address } {
  const form = readForm(isFields(body) ? body["address"] : null, "address.");
  const address: Address = {
    firstName: form.text("firstName", { label: "First name", max: 60 }),
    lastName: form.text("lastName", { label: "Last name", max: 60 }),
    company: form.optionalText("company", { label: "Company" }),
    street: form.text("street", { label: "Street address" }),
    city: form.text("city", { label: "City", max: 80 }),
    state: form.text("state", { label: "State", max: 2 }),
    postcode: form.text("postcode", {
      label: "ZIP code",
      max: 10,
      pattern: /^\d{5}(-\d{4})?$/,
      hint: "Please enter a ZIP code such as 94105.",
    }),
    phone: form.optionalText("phone", {
      label: "Phone",
      max: 30,
      pattern: /^[+\d][\d\s().x-]{5,}$/,
      hint: "Please enter a phone number such as 555-010-2030.",
    }),
  };
  if (address.state !== "" && !usStates.some(({ code }) => code === address.state))
    form.fault("state", "Please choose a state.");
  return { form, address };
}

function faultsOf(form: Form): ShopError["fields"] {
  try {
    form.check();
    return [];
  } catch (cause) {
    if (cause instanceof ShopError) return cause.fields;
    throw cause;
  }
}

/** What a quote takes off what its lines cost now; 0 unless it is this customer's, accepted, valid, not yet used, and its lines are all there. */
export function quoteReduction(
  quote: Quote | undefined,
  lines: readonly PricedLine[],
  account: Account | null,
  orders: readonly Order[],
  nowMs: number,
): number {
  if (!quote || quote.customerId !== account?.customerId || quote.status !== "accepted" || quote.expiresAt <= nowMs)
    return 0;
  if (orders.some(({ quoteId }) => quoteId === quote.quoteId)) return 0;
  const byKey = new Map(lines.map((line) => [lineKey(line), line]));
  const isComplete = quote.lines.every((line) => (byKey.get(lineKey(line))?.qty ?? 0) >= line.qty);
  if (!isComplete) return 0;
  const nowMinor = quote.lines.reduce((sum, line) => sum + line.qty * (byKey.get(lineKey(line))?.unitMinor ?? 0), 0);
  return Math.max(nowMinor - quote.negotiated.minor, 0);
}

type Deps = {
  readonly store: ShopStore;
  readonly catalog: ShopCatalog;
  readonly till: Till;
  readonly coupons: CouponDesk;
  readonly now: () => number;
  readonly storeView: string;
};

/** The form of an order: everything but what it costs. */
function readOrderForm(body: unknown, account: Account | null, { catalog }: Pick<Deps, "catalog">) {
  const form = readForm(body);
  const checkoutId = form.text("checkoutId", { label: "Checkout", min: 8, max: 64, pattern: /^[\w-]+$/ });
  const email = account?.email ?? form.text("email", emailRules).toLowerCase();
  const shippingMethod = form.oneOf("shippingMethod", "Shipping", shippingMethods) ?? "standard";
  const paymentMethod = form.oneOf("paymentMethod", "Payment", paymentMethods) ?? "check";
  const poRules = { label: "Purchase order number", max: 40, pattern: /^[\w ./-]+$/ };
  const purchaseOrderNumber = paymentMethod === "purchase_order" ? form.text("purchaseOrderNumber", poRules) : "";
  const quoteId = form.optionalText("quoteId", { label: "Quote", max: 64 });
  const { form: addressForm, address } = readAddress(body);
  const fields = [...faultsOf(form), ...faultsOf(addressForm)];
  if (fields.length > 0) throw new ShopError(422, "invalid", "Please correct the marked fields.", fields);
  const lines = readLines(isFields(body) ? body["lines"] : null);
  priceLines(catalog, lines);
  if (lines.length === 0) throw new ShopError(422, "emptyCart", "Your cart is empty.");
  return { checkoutId, email, shippingMethod, paymentMethod, purchaseOrderNumber, quoteId, address, lines };
}

/** @throws {ShopError} 409 when the page showed another total: nobody pays what they have not seen */
function assertSeen(body: unknown, { totals }: Bill): void {
  const seen = isFields(body) ? body["seenTotalMinor"] : undefined;
  if (seen === undefined || seen === totals.totalMinor) return;
  const message = `The total is now ${formatDollars(totals.totalMinor)}. Nothing was ordered: please look at your order again.`;
  throw new ShopError(409, "totalChanged", message);
}

export function readAnonymousId(body: unknown): string | null {
  const given = isFields(body) ? body["anonymousId"] : null;
  return typeof given === "string" && /^[\w-]{8,64}$/.test(given) ? given : null;
}

export function createOrders(deps: Deps): Orders {
  const { store, till, coupons, now, storeView } = deps;
  const placing = new Map<string, Promise<Order>>();

  const openOrder = (orderId: string, account: Account): Order => {
    const order = store.order(orderId);
    if (!order || order.customerId !== account.customerId) throw notFound("The order");
    if (order.status !== "placed") throw new ShopError(409, "orderClosed", `This order is already ${order.status}.`);
    return order;
  };

  const agreedMinorOf =
    (quoteId: string, account: Account | null) =>
    (lines: readonly PricedLine[]): number => {
      const orders = account ? store.ordersOf(account.customerId) : [];
      return quoteReduction(store.quote(quoteId), lines, account, orders, now());
    };

  /** Works out and checks what the order comes to; nothing is held or written yet. */
  const prepare = async (body: unknown, account: Account | null, onBill: (bill: Bill) => void) => {
    const form = readOrderForm(body, account, deps);
    const { lines, shippingMethod: method, address, quoteId } = form;
    const customerId = account?.customerId ?? null;
    const fields = isFields(body) ? body : {};
    const request = {
      ...{ lines, method, state: address.state, codes: readCodes(fields["couponCodes"]) },
      asker: { customerId, anonymousId: readAnonymousId(body) },
      agreedMinorOf: agreedMinorOf(quoteId, account),
    };
    const bill = fields["withoutOffers"] === true ? till.reckonAlone(request) : await till.reckon(request);
    onBill(bill);
    assertSeen(body, bill);
    const order: Order = {
      ...form,
      ...bill.totals,
      customerId,
      lines: bill.lines,
      quoteId: bill.agreedMinor > 0 ? quoteId : null,
      couponCodes: bill.offers.coupons.flatMap(({ code, isApplied }) => (isApplied ? [code] : [])),
      orderId: newOrderId(now()),
      placedAt: now(),
      status: "placed",
    };
    return { order, bill };
  };

  const write = (order: Order, bill: Bill, body: unknown, account: Account | null): Promise<void> =>
    store.exclusively(async () => {
      // Another order may have used the quote up meanwhile.
      if (order.quoteId !== null && agreedMinorOf(order.quoteId, account)(bill.lines) !== bill.agreedMinor)
        throw new ShopError(409, "quoteUsed", "Your quote was used by another order. Nothing was ordered.");
      const event = orderPlaced(order, readAnonymousId(body), { nowMs: now(), storeView });
      await store.save({ kind: "orderPlaced", order, event });
    });

  const placeOnce = async (body: unknown, account: Account | null, onBill: (bill: Bill) => void): Promise<Order> => {
    const checkoutId = isFields(body) && typeof body["checkoutId"] === "string" ? body["checkoutId"] : "";
    const known = store.orderByCheckout(checkoutId);
    if (known && known.customerId === (account?.customerId ?? null)) return known;
    const { order, bill } = await prepare(body, account, onBill);
    await coupons.reserve(order, bill.offers);
    try {
      await write(order, bill, body, account);
    } catch (cause) {
      await coupons.release(order.orderId);
      throw cause;
    }
    if (bill.offers.applied.length > 0) await coupons.redeem(order.orderId);
    return order;
  };

  const close = (
    orderId: string,
    account: Account,
    status: "cancelled" | "returned",
    eventOf: (order: Order) => BackOfficeEvent,
  ) =>
    store.exclusively(async () => {
      const order = openOrder(orderId, account);
      await store.save({ kind: "orderClosed", orderId, status, event: eventOf(order) });
      return { ...order, status };
    });

  return {
    place: (body, account, onBill) => {
      // A form that was sent twice at once waits for the first.
      const key = JSON.stringify([account?.customerId ?? null, isFields(body) ? body["checkoutId"] : null]);
      const running = placing.get(key);
      if (running) return running;
      const placed = placeOnce(body, account, onBill).finally(() => placing.delete(key));
      placing.set(key, placed);
      return placed;
    },
    cancel: async (orderId, account) => {
      const order = await close(orderId, account, "cancelled", (open) =>
        orderCancelled(open, { nowMs: now(), storeView }),
      );
      if ((order.discounts ?? []).some(({ key }) => key !== "quote")) await coupons.release(orderId);
      return order;
    },
    returnAll: async (orderId, body, account) => {
      const form = readForm(body);
      const reason = form.text("reason", { label: "Reason", max: 200 });
      form.check();
      return close(orderId, account, "returned", (open) => orderReturned(open, reason, { nowMs: now(), storeView }));
    },
  };
}
