import { randomBytes } from "node:crypto";
import { orderCancelled, orderPlaced, orderReturned } from "./back-office-events.ts";
import type { ShopCatalog } from "./catalog.ts";
import { emailRules, type Form, isFields, readForm } from "./form.ts";
import { lineKey, type PricedLine, priceLines, readLines } from "./lines.ts";
import type { Account, Address, Order, Quote } from "./records.ts";
import { notFound, ShopError } from "./shop-error.ts";
import type { ShopStore } from "./shop-store.ts";
import { computeTotals, paymentMethods, shippingMethods } from "./totals.ts";
import { usStates } from "./us-states.data.ts";

export type Orders = {
  /**
   * Checks the form, prices every line from the shop's catalog and keeps the order. What the browser says about prices
   * is never read. The same `checkoutId` gives the same order again.
   *
   * @throws {ShopError} 422 with all faulty fields
   */
  place(body: unknown, account: Account | null): Promise<Order>;
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

/** What a quote takes off; 0 unless it is this customer's, accepted, still valid and not yet used, and its lines are all there. */
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
  const qtyByKey = new Map(lines.map((line) => [lineKey(line), line.qty]));
  const isComplete = quote.lines.every((line) => (qtyByKey.get(lineKey(line)) ?? 0) >= line.qty);
  return isComplete ? quote.original.minor - quote.negotiated.minor : 0;
}

type Deps = {
  readonly store: ShopStore;
  readonly catalog: ShopCatalog;
  readonly now: () => number;
  readonly storeView: string;
};

function readOrder(
  body: unknown,
  account: Account | null,
  { store, catalog, now }: Deps,
): Omit<Order, "orderId" | "placedAt" | "status"> {
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
  const lines = priceLines(catalog, readLines(isFields(body) ? body["lines"] : null));
  if (lines.length === 0) throw new ShopError(422, "emptyCart", "Your cart is empty.");
  const discountMinor = quoteReduction(
    store.quote(quoteId),
    lines,
    account,
    account ? store.ordersOf(account.customerId) : [],
    now(),
  );
  return {
    checkoutId,
    email,
    customerId: account?.customerId ?? null,
    lines,
    address,
    shippingMethod,
    paymentMethod,
    purchaseOrderNumber,
    quoteId: discountMinor > 0 ? quoteId : null,
    ...computeTotals(lines, shippingMethod, address.state, discountMinor),
  };
}

function readAnonymousId(body: unknown): string | null {
  const given = isFields(body) ? body["anonymousId"] : null;
  return typeof given === "string" && /^[\w-]{8,64}$/.test(given) ? given : null;
}

export function createOrders(deps: Deps): Orders {
  const { store, now, storeView } = deps;

  const openOrder = (orderId: string, account: Account): Order => {
    const order = store.order(orderId);
    if (!order || order.customerId !== account.customerId) throw notFound("The order");
    if (order.status !== "placed") throw new ShopError(409, "orderClosed", `This order is already ${order.status}.`);
    return order;
  };

  return {
    place: (body, account) =>
      store.exclusively(async () => {
        const checkoutId = isFields(body) && typeof body["checkoutId"] === "string" ? body["checkoutId"] : "";
        const known = store.orderByCheckout(checkoutId);
        if (known && known.customerId === (account?.customerId ?? null)) return known;
        const order: Order = {
          ...readOrder(body, account, deps),
          orderId: newOrderId(now()),
          placedAt: now(),
          status: "placed",
        };
        await store.save({
          kind: "orderPlaced",
          order,
          event: orderPlaced(order, readAnonymousId(body), { nowMs: now(), storeView }),
        });
        return order;
      }),
    cancel: (orderId, account) =>
      store.exclusively(async () => {
        const order = openOrder(orderId, account);
        await store.save({
          kind: "orderClosed",
          orderId,
          status: "cancelled",
          event: orderCancelled(order, { nowMs: now(), storeView }),
        });
        return { ...order, status: "cancelled" };
      }),
    returnAll: (orderId, body, account) =>
      store.exclusively(async () => {
        const form = readForm(body);
        const reason = form.text("reason", { label: "Reason", max: 200 });
        form.check();
        const order = openOrder(orderId, account);
        await store.save({
          kind: "orderClosed",
          orderId,
          status: "returned",
          event: orderReturned(order, reason, { nowMs: now(), storeView }),
        });
        return { ...order, status: "returned" };
      }),
  };
}
