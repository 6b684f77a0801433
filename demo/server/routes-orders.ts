import type { FastifyInstance, FastifyRequest } from "fastify";
import { pricedSkus, priceLines, readLines } from "./lines.ts";
import { quoteReduction } from "./orders.ts";
import { askerOf, bodyFields, pathText, shopRoute } from "./request.ts";
import { customerOf, requireCustomer } from "./routes-account.ts";
import type { Shop } from "./shop.ts";
import { type BillRequest, readCodes } from "./till.ts";
import { shippingMethods } from "./totals.ts";
import { usStates } from "./us-states.data.ts";
import { toLine, toOffers, toOrder, toTotals } from "./views.ts";

/** @throws {ShopError} 429 for who tries codes */
function readBillRequest(request: FastifyRequest, { accounts, codes, now, store }: Shop): BillRequest {
  const body = bodyFields(request);
  const account = customerOf(request, accounts);
  const entered = readCodes(body["couponCodes"]);
  codes.check(request.ip, entered);
  const quote = typeof body["quoteId"] === "string" ? store.quote(body["quoteId"]) : undefined;
  return {
    lines: readLines(body["lines"]),
    method: shippingMethods.find((known) => known === body["shippingMethod"]) ?? "standard",
    state: typeof body["state"] === "string" ? body["state"] : "",
    codes: entered,
    asker: askerOf(request, customerOf(request, accounts)),
    agreedMinorOf: (lines) =>
      quoteReduction(quote, lines, account, account ? store.ordersOf(account.customerId) : [], now()),
  };
}

/** The bill of the chosen way of shipping, and what shipping would cost either way. */
async function billsOf(asked: BillRequest, { till }: Shop) {
  const bills = await Promise.all(
    shippingMethods.map(async (code) => ({ code, bill: await till.show({ ...asked, method: code }) })),
  );
  const methods = bills.map(({ code, bill }) => ({ code, price: toTotals(bill.totals).shipping }));
  const chosen = bills.find(({ code }) => code === asked.method)?.bill ?? (await till.show(asked));
  return { bill: chosen, methods };
}

export function orderRoutes(app: FastifyInstance, shop: Shop): void {
  const { accounts, catalog, codes, orders, prices, store, till } = shop;

  app.get("/states", shopRoute, () => ({ states: usStates.map(({ code, name }) => ({ code, name })) }));

  // What the cart costs: the pages show these figures and never add up themselves.
  app.post("/totals", shopRoute, async (request) => {
    const asked = readBillRequest(request, shop);
    const { bill, methods } = await billsOf(asked, shop);
    codes.count(request.ip, bill.offers);
    return {
      lines: bill.lines.map(toLine),
      totals: toTotals(bill.totals),
      shippingMethods: methods,
      offers: toOffers(catalog, bill),
    };
  });

  // Why the cart gets these offers: every rule that was looked at, and what it saw.
  app.post("/totals/explain", shopRoute, async (request) => {
    const { explain, offers } = await till.explain(readBillRequest(request, shop));
    codes.count(request.ip, offers);
    return { explain };
  });

  app.post("/lines", shopRoute, async (request) => {
    const lines = readLines(bodyFields(request)["lines"]);
    priceLines(catalog, lines);
    const list = await prices.shown(pricedSkus(lines), askerOf(request, customerOf(request, accounts)));
    return { lines: priceLines(catalog, lines, list).map(toLine) };
  });

  app.post("/orders", shopRoute, async (request, reply) => {
    const account = customerOf(request, accounts);
    codes.check(request.ip, readCodes(bodyFields(request)["couponCodes"]));
    const order = await orders.place(request.body, account, (bill) => codes.count(request.ip, bill.offers));
    const shelf = account ? store.shelf(account.customerId) : undefined;
    if (account && shelf)
      await store.save({
        kind: "shelfSaved",
        customerId: account.customerId,
        shelf: { ...shelf, cartId: "", lines: [] },
      });
    shop.outbox.wake();
    return reply.code(201).send({ order: toOrder(order) });
  });

  app.get("/orders", shopRoute, (request) => ({
    orders: store.ordersOf(requireCustomer(request, accounts).customerId).map(toOrder),
  }));

  app.post("/orders/:orderId/cancel", shopRoute, async (request) => {
    const order = await orders.cancel(pathText(request, "orderId"), requireCustomer(request, accounts));
    shop.outbox.wake();
    return { order: toOrder(order) };
  });

  app.post("/orders/:orderId/return", shopRoute, async (request) => {
    const order = await orders.returnAll(
      pathText(request, "orderId"),
      request.body,
      requireCustomer(request, accounts),
    );
    shop.outbox.wake();
    return { order: toOrder(order) };
  });
}
