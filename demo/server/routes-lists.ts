import type { FastifyInstance } from "fastify";
import { pricedSkus } from "./lines.ts";
import type { RequisitionList } from "./records.ts";
import { pathText, shopRoute } from "./request.ts";
import { requireCustomer } from "./routes-account.ts";
import type { Shop } from "./shop.ts";
import { toList, toQuote } from "./views.ts";

export function listRoutes(app: FastifyInstance, shop: Shop): void {
  const { accounts, store, catalog, lists, prices } = shop;

  const view = async (list: RequisitionList) => {
    const quote = store
      .quotesOf(list.customerId)
      .filter(({ listId }) => listId === list.listId)
      .at(-1);
    const isUsed =
      quote !== undefined && store.ordersOf(list.customerId).some(({ quoteId }) => quoteId === quote.quoteId);
    const asker = { customerId: list.customerId, anonymousId: null };
    const today = await prices.shown(pricedSkus(list.lines), asker);
    return toList(catalog, list, quote ? toQuote(quote, isUsed) : null, today);
  };

  app.get("/requisition-lists", shopRoute, async (request) => ({
    lists: await Promise.all(store.listsOf(requireCustomer(request, accounts).customerId).map(view)),
  }));

  app.post("/requisition-lists", shopRoute, async (request, reply) => {
    const list = await lists.create(request.body, requireCustomer(request, accounts));
    return reply.code(201).send({ list: await view(list) });
  });

  app.post("/requisition-lists/:listId/lines", shopRoute, async (request) => ({
    list: await view(
      await lists.addLines(pathText(request, "listId"), request.body, requireCustomer(request, accounts)),
    ),
  }));

  app.post("/requisition-lists/:listId/remove-line", shopRoute, async (request) => {
    const body = request.body;
    const key =
      typeof body === "object" && body !== null && "key" in body && typeof body.key === "string" ? body.key : "";
    return {
      list: await view(await lists.removeLine(pathText(request, "listId"), key, requireCustomer(request, accounts))),
    };
  });

  app.post("/requisition-lists/:listId/delete", shopRoute, async (request) => ({
    list: await view(await lists.remove(pathText(request, "listId"), requireCustomer(request, accounts))),
  }));

  app.post("/requisition-lists/:listId/quote", shopRoute, async (request) => {
    const account = requireCustomer(request, accounts);
    await lists.offerQuote(pathText(request, "listId"), account);
    const list = store.list(pathText(request, "listId"));
    return { list: list ? await view(list) : null };
  });

  app.post("/quotes/:quoteId/accept", shopRoute, async (request) => {
    const quote = await lists.acceptQuote(pathText(request, "quoteId"), requireCustomer(request, accounts));
    const list = store.list(quote.listId);
    return { list: list ? await view(list) : null };
  });
}
