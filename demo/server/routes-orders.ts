import type { FastifyInstance } from "fastify";
import { priceLine, priceLines, readLines } from "./lines.ts";
import { quoteReduction } from "./orders.ts";
import { bodyFields, pathText, shopRoute } from "./request.ts";
import { customerOf, requireCustomer } from "./routes-account.ts";
import type { Shop } from "./shop.ts";
import { computeTotals, shippingMethods } from "./totals.ts";
import { usStates } from "./us-states.data.ts";
import { toLine, toOrder, toTotals } from "./views.ts";

export function orderRoutes(app: FastifyInstance, shop: Shop): void {
  const { accounts, store, catalog, orders, now } = shop;

  app.get("/states", shopRoute, () => ({ states: usStates.map(({ code, name }) => ({ code, name })) }));

  // What the cart costs: the pages show these figures and never add up themselves.
  app.post("/totals", shopRoute, (request) => {
    const body = bodyFields(request);
    const account = customerOf(request, accounts);
    const method = shippingMethods.find((known) => known === body["shippingMethod"]) ?? "standard";
    const state = typeof body["state"] === "string" ? body["state"] : "";
    const lines = readLines(body["lines"])
      .map((line) => priceLine(catalog, line))
      .filter((line) => line !== null);
    const quote = typeof body["quoteId"] === "string" ? store.quote(body["quoteId"]) : undefined;
    const discount = quoteReduction(quote, lines, account, account ? store.ordersOf(account.customerId) : [], now());
    const byMethod = shippingMethods.map((code) => ({
      code,
      totals: toTotals(computeTotals(lines, code, state, discount)),
    }));
    return {
      lines: lines.map(toLine),
      totals: toTotals(computeTotals(lines, method, state, discount)),
      shippingMethods: byMethod.map(({ code, totals }) => ({ code, price: totals.shipping })),
    };
  });

  app.post("/lines", shopRoute, (request) => ({
    lines: priceLines(catalog, readLines(bodyFields(request)["lines"])).map(toLine),
  }));

  app.post("/orders", shopRoute, async (request, reply) => {
    const account = customerOf(request, accounts);
    const order = await orders.place(request.body, account);
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
