import type { Accounts } from "./accounts.ts";
import type { ShopCatalog } from "./catalog.ts";
import type { Orders } from "./orders.ts";
import type { Outbox } from "./outbox.ts";
import type { PriceDesk } from "./price-desk.ts";
import type { RequisitionLists } from "./requisition-lists.ts";
import type { ShopStore } from "./shop-store.ts";
import type { createCodeGuard, Till } from "./till.ts";

type ShopConfig = {
  readonly clienteleUrl: string;
  readonly publicClienteleUrl: string;
  readonly writeKey: string;
  readonly serverToken: string;
  readonly identitySecret: string;
  readonly storeView: string;
};

/** Everything that the routes share. */
export type Shop = {
  readonly config: ShopConfig;
  readonly catalog: ShopCatalog;
  readonly store: ShopStore;
  readonly accounts: Accounts;
  readonly orders: Orders;
  readonly prices: PriceDesk;
  readonly till: Till;
  readonly codes: ReturnType<typeof createCodeGuard>;
  readonly lists: RequisitionLists;
  readonly outbox: Outbox;
  readonly now: () => number;
};
