import { randomUUID } from "node:crypto";
import type { ShopCatalog } from "./catalog.ts";
import { readForm } from "./form.ts";
import { lineKey, maxLines, mergeLines, pricedSkus, priceLines, readLines } from "./lines.ts";
import { money } from "./money.ts";
import type { PriceDesk } from "./price-desk.ts";
import type { Account, Quote, RequisitionList } from "./records.ts";
import { notFound, ShopError } from "./shop-error.ts";
import type { ShopStore } from "./shop-store.ts";
import { quoteDiscount } from "./totals.ts";

const maxLists = 50;
const quoteMs = 30 * 86_400_000;

/** Lists of what a business orders again and again, and quotes for them. All throw 404 for what is somebody else's. */
export type RequisitionLists = {
  create(body: unknown, account: Account): Promise<RequisitionList>;
  addLines(listId: string, body: unknown, account: Account): Promise<RequisitionList>;
  removeLine(listId: string, key: string, account: Account): Promise<RequisitionList>;
  remove(listId: string, account: Account): Promise<RequisitionList>;
  /** Offers 5 % off the list, 10 % from ten pieces on, for 30 days. */
  offerQuote(listId: string, account: Account): Promise<Quote>;
  /** Makes an offer binding; a second call changes nothing. */
  acceptQuote(quoteId: string, account: Account): Promise<Quote>;
};

export function createRequisitionLists(deps: {
  readonly store: ShopStore;
  readonly catalog: ShopCatalog;
  readonly prices: PriceDesk;
  readonly now: () => number;
}): RequisitionLists {
  const { store, catalog, prices, now } = deps;

  const own = (listId: string, account: Account): RequisitionList => {
    const list = store.list(listId);
    if (list?.customerId !== account.customerId) throw notFound("The requisition list");
    return list;
  };
  const save = async (list: RequisitionList): Promise<RequisitionList> => {
    const saved = { ...list, updatedAt: now() };
    await store.save({ kind: "listSaved", list: saved });
    return saved;
  };

  return {
    create: (body, account) =>
      store.exclusively(async () => {
        const form = readForm(body);
        const name = form.text("name", { label: "Name", max: 80 });
        const description = form.optionalText("description", { label: "Description", max: 300 });
        if (store.listsOf(account.customerId).length >= maxLists)
          form.fault("name", `You have ${maxLists} lists. Please delete one first.`);
        form.check();
        return save({
          listId: randomUUID(),
          customerId: account.customerId,
          name,
          description,
          lines: [],
          updatedAt: now(),
        });
      }),
    addLines: (listId, body, account) =>
      store.exclusively(async () => {
        const list = own(listId, account);
        const added = readLines(typeof body === "object" && body !== null && "lines" in body ? body.lines : null);
        if (added.length === 0) throw new ShopError(422, "invalid", "There is nothing to add.");
        priceLines(catalog, added);
        const lines = mergeLines([...list.lines, ...added]);
        if (new Set([...list.lines, ...added].map(lineKey)).size > maxLines)
          throw new ShopError(422, "listFull", `A list holds at most ${maxLines} products.`);
        return save({ ...list, lines });
      }),
    removeLine: (listId, key, account) =>
      store.exclusively(async () => {
        const list = own(listId, account);
        if (!list.lines.some((line) => lineKey(line) === key)) throw notFound("The product");
        return save({ ...list, lines: list.lines.filter((line) => lineKey(line) !== key) });
      }),
    remove: (listId, account) =>
      store.exclusively(async () => {
        const list = own(listId, account);
        await store.save({ kind: "listDeleted", listId });
        return list;
      }),
    offerQuote: async (listId, account) => {
      const asker = { customerId: account.customerId, anonymousId: null };
      const today = await prices.shown(pricedSkus(own(listId, account).lines), asker);
      return store.exclusively(async () => {
        const list = own(listId, account);
        const priced = priceLines(catalog, list.lines, today);
        if (priced.length === 0)
          throw new ShopError(422, "emptyList", "Add products to the list before you ask for a quote.");
        const originalMinor = priced.reduce((sum, { lineMinor }) => sum + lineMinor, 0);
        const quote: Quote = {
          quoteId: `Q-${randomUUID().slice(0, 8).toUpperCase()}`,
          listId,
          customerId: account.customerId,
          status: "offered",
          lines: list.lines,
          original: money(originalMinor),
          negotiated: money(originalMinor - quoteDiscount(priced)),
          expiresAt: now() + quoteMs,
        };
        await store.save({ kind: "quoteSaved", quote });
        return quote;
      });
    },
    acceptQuote: (quoteId, account) =>
      store.exclusively(async () => {
        const quote = store.quote(quoteId);
        if (quote?.customerId !== account.customerId) throw notFound("The quote");
        if (quote.expiresAt <= now())
          throw new ShopError(409, "quoteExpired", "This quote has expired. Please ask for a new one.");
        const accepted: Quote = { ...quote, status: "accepted" };
        if (quote.status === "offered") await store.save({ kind: "quoteSaved", quote: accepted });
        return accepted;
      }),
  };
}
