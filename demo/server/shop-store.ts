import { join } from "node:path";
import { openJournal } from "./journal.ts";
import type { Account, BackOfficeEvent, Order, Quote, RequisitionList, Shelf, ShopRecord } from "./records.ts";

// Memory holds the whole shop; the journal is how it survives. A record is written first and applied after, so that
// nobody is shown what a crash could take back. `exclusively` runs the decisions that read before they write one by one.

type Session = { readonly customerId: string; readonly expiresAt: number };

export type ShopStore = {
  accountByEmail(email: string): Account | undefined;
  account(customerId: string): Account | undefined;
  session(tokenHash: string): Session | undefined;
  shelf(customerId: string): Shelf | undefined;
  order(orderId: string): Order | undefined;
  orderByCheckout(checkoutId: string): Order | undefined;
  /** Newest first. */
  ordersOf(customerId: string): readonly Order[];
  list(listId: string): RequisitionList | undefined;
  listsOf(customerId: string): readonly RequisitionList[];
  quote(quoteId: string): Quote | undefined;
  quotesOf(customerId: string): readonly Quote[];
  /** Events that Clientele has not taken yet, oldest first. */
  unsent(): readonly BackOfficeEvent[];
  /** Resolves when the record is on disk and visible. */
  save(record: ShopRecord): Promise<void>;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

function createMemory() {
  const accounts = new Map<string, Account>();
  const accountIds = new Map<string, string>();
  const sessions = new Map<string, Session>();
  const shelves = new Map<string, Shelf>();
  const orders = new Map<string, Order>();
  const orderIdByCheckout = new Map<string, string>();
  const lists = new Map<string, RequisitionList>();
  const quotes = new Map<string, Quote>();
  const unsent = new Map<string, BackOfficeEvent>();

  const apply = (record: ShopRecord): void => {
    if ("event" in record) unsent.set(record.event.messageId, record.event);
    switch (record.kind) {
      case "accountCreated":
        accounts.set(record.account.customerId, record.account);
        accountIds.set(record.account.email, record.account.customerId);
        return;
      case "sessionOpened":
        sessions.set(record.tokenHash, { customerId: record.customerId, expiresAt: record.expiresAt });
        return;
      case "sessionClosed":
        sessions.delete(record.tokenHash);
        return;
      case "shelfSaved":
        shelves.set(record.customerId, record.shelf);
        return;
      case "orderPlaced":
        orders.set(record.order.orderId, record.order);
        orderIdByCheckout.set(record.order.checkoutId, record.order.orderId);
        return;
      case "orderClosed": {
        const order = orders.get(record.orderId);
        if (order) orders.set(record.orderId, { ...order, status: record.status });
        return;
      }
      case "listSaved":
        lists.set(record.list.listId, record.list);
        return;
      case "listDeleted":
        lists.delete(record.listId);
        return;
      case "quoteSaved":
        quotes.set(record.quote.quoteId, record.quote);
        return;
      case "eventSettled":
        unsent.delete(record.messageId);
        return;
      default:
        // A record of a later version of the shop.
        record satisfies never;
    }
  };
  return { accounts, accountIds, sessions, shelves, orders, orderIdByCheckout, lists, quotes, unsent, apply };
}

/** @param folder holds shop.jsonl; made when it does not exist */
export async function openShopStore(folder: string): Promise<ShopStore> {
  const { records, journal } = await openJournal(join(folder, "shop.jsonl"));
  const memory = createMemory();
  // Only `save` writes the file, so its lines are records.
  for (const record of records as readonly ShopRecord[]) memory.apply(record);
  let last: Promise<unknown> = Promise.resolve();

  const accountOf = (customerId: string | undefined) =>
    customerId === undefined ? undefined : memory.accounts.get(customerId);
  const ofCustomer = <T extends { readonly customerId: string | null }>(
    all: ReadonlyMap<string, T>,
    customerId: string,
  ): readonly T[] => [...all.values()].filter((one) => one.customerId === customerId);

  return {
    accountByEmail: (email) => accountOf(memory.accountIds.get(email)),
    account: accountOf,
    session: (tokenHash) => memory.sessions.get(tokenHash),
    shelf: (customerId) => memory.shelves.get(customerId),
    order: (orderId) => memory.orders.get(orderId),
    orderByCheckout: (checkoutId) => memory.orders.get(memory.orderIdByCheckout.get(checkoutId) ?? ""),
    ordersOf: (customerId) => [...ofCustomer(memory.orders, customerId)].reverse(),
    list: (listId) => memory.lists.get(listId),
    listsOf: (customerId) => ofCustomer(memory.lists, customerId),
    quote: (quoteId) => memory.quotes.get(quoteId),
    quotesOf: (customerId) => ofCustomer(memory.quotes, customerId),
    unsent: () => [...memory.unsent.values()],
    save: async (record) => {
      await journal.append(record);
      memory.apply(record);
    },
    exclusively: (work) => {
      const run = last.then(work, work);
      last = run.catch(() => undefined);
      return run;
    },
    close: () => journal.close(),
  };
}
