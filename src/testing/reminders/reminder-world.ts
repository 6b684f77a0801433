/** Reminders on a real PostgreSQL, with customers whose profiles are folded from events as the product folds them. */
import { createAudienceRules } from "../../audiences/audience-rules.ts";
import { subjectOf } from "../../audiences/shop-subject.ts";
import type { CatalogProduct } from "../../catalog/index.ts";
import type { CanonicalEvent } from "../../collect/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import {
  type CouponPort,
  createReminderStore,
  createReminders,
  type People,
  type Promotion,
  type ReminderBody,
  type RemindersDeps,
} from "../../journeys/index.ts";
import type { ReminderSettings } from "../../journeys/reminders/settings.ts";
import { type Clock, createLogger, type JsonObject, sha256Hex } from "../../kernel/index.ts";
import { foldEvent } from "../../profiles/fold-event.ts";
import { emptyState, type OwnedIdentifier, type ProfileState } from "../../profiles/index.ts";
import type { Postgres } from "../../storage/index.ts";
import { aProduct } from "../a-product.ts";
import { aCatalog } from "../audiences/builders.ts";
import { anEvent } from "../builders.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const standard = [aProduct("tent", { brand: "Acme", finalPrice: usd(9900) }), aProduct("mug", { brand: "Pot" })];
const rules = createAudienceRules({ catalog: { current: () => aCatalog(...standard) }, config: { timezone: "UTC" } });

/** A UUID that is the same for the same name, in every process. */
export function idOf(name: string): string {
  const hex = sha256Hex(name);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function aReminder(
  key: string,
  body: Partial<ReminderBody> = {},
  more: Partial<LiveDefinition<ReminderBody>> = {},
): LiveDefinition<ReminderBody> {
  return {
    id: idOf(`rule ${key}`),
    kind: "reminder-rule",
    key,
    name: `Rule ${key}`,
    version: 1,
    scope: { storeViews: null },
    schedule: null,
    window: { fromMs: null, toMs: null },
    updatedAt: 0,
    body: { join: "all", triggers: [{ kind: "cart", after: "1d" }], template: "cart-mail", ...body },
    ...more,
  };
}

type Customer = { state: ProfileState; identifiers: readonly OwnedIdentifier[]; readonly profileId: string };

const identifier = (namespace: string, value: string): OwnedIdentifier => ({
  namespace,
  value,
  validFrom: 0,
  validTo: null,
  verified: true,
});

export const aCartLine: JsonObject = {
  sku: "tent",
  qty: 1,
  unitPrice: { minor: 9900, currency: "USD" },
  lineTotal: { minor: 9900, currency: "USD" },
};

export function createWorld(options: {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly rules: readonly LiveDefinition<ReminderBody>[];
  readonly coupons?: CouponPort;
  readonly promotions?: Readonly<Record<string, Promotion>>;
  readonly more?: Partial<RemindersDeps>;
}) {
  const { postgres, clock } = options;
  const customers = new Map<string, Customer>();
  const merged = new Map<string, string>();
  let live = options.rules;
  const store = createReminderStore(postgres);
  const products = new Map(standard.map((product) => [product.sku, product]));
  let catalog = aCatalog(...products.values());
  const suppressed = new Set<string>();
  const people: People = {
    stored: async (ids) =>
      ids.flatMap((id) => {
        const found = customers.get(id);
        return found ? [{ profileId: id, createdAt: 0, version: 1, state: found.state }] : [];
      }),
    linksOf: async (ids) =>
      ids.flatMap((id) => (customers.get(id)?.identifiers ?? []).map((link) => ({ ...link, profileId: id }))),
    scan: async (after, limit) =>
      [...customers.values()]
        .filter(({ profileId }) => after === null || profileId > after)
        .sort((a, b) => (a.profileId < b.profileId ? -1 : 1))
        .slice(0, limit)
        .map(({ profileId, state }) => ({ profileId, state })),
    survivorOf: async (id) => merged.get(id) ?? (customers.has(id) ? id : undefined),
  };
  const reminders = createReminders({
    store,
    people,
    rules: {
      faultsOf: rules.faultsOf,
      compile: (rule) => rules.compile(rule, { use: "audience" }),
      compileFor: (rule, timezone) => rules.compile(rule, { use: "audience", timezone }),
      audiencesOf: () => [],
    },
    live: () => live,
    subjectOf: (person) =>
      subjectOf(person, { nowMs: clock.now(), currency: "USD", catalog, audienceId: (reference) => reference }),
    isSuppressed: (_person, address) => address !== undefined && suppressed.has(address),
    defaultStoreView: "default",
    promotionOf: (key) => options.promotions?.[key],
    coupons: options.coupons,
    productOf: (sku) => {
      const product = catalog.get(sku);
      return product && { name: product.name, imageUrl: null };
    },
    productNow: (sku) => {
      const product = catalog.get(sku);
      return product && { inStock: product.inStock, backInStockAt: product.backInStockAt, price: product.finalPrice };
    },
    timezone: "UTC",
    publicUrl: "http://localhost:4000",
    box: {
      seal: (secrets, context) => Buffer.from(JSON.stringify([context, secrets])).toString("base64url"),
      open: (sealed) =>
        (JSON.parse(Buffer.from(sealed, "base64url").toString()) as [string, Record<string, string>])[1],
    },
    clock,
    logger: createLogger("silent"),
    ...options.more,
  });

  const note = (...profileIds: readonly string[]): Promise<void> =>
    store.transaction((tx) => store.watch.append(tx, profileIds, [], clock.now()));

  return {
    reminders,
    store,
    customers,
    suppressed,
    idOf,
    setRules: (next: readonly LiveDefinition<ReminderBody>[]) => {
      live = next;
    },
    /** A registered customer who agreed to mails, unless told otherwise. */
    add: (name: string, { guest = false, consent = true, email = true } = {}): string => {
      const profileId = idOf(name);
      const state = emptyState(0);
      const grant = { status: "granted", at: 0, source: "shop", expiresAt: Date.parse("2099-01-01") } as const;
      customers.set(profileId, {
        profileId,
        state: consent ? { ...state, consents: { "marketing:email": grant } } : state,
        identifiers: [
          ...(guest ? [] : [identifier("user_id", name)]),
          ...(email ? [identifier("email", `${name}@example.com`)] : []),
        ],
      });
      return profileId;
    },
    /** Something happens now. */
    happen: async (name: string, type: string, properties: JsonObject = {}, more: Partial<CanonicalEvent> = {}) => {
      const customer = customers.get(idOf(name));
      if (!customer) throw new Error(`nobody is called ${name}`);
      const event = { ...anEvent({ type, at: clock.now(), properties, customerId: name }), ...more };
      const context = {
        parentOf: (sku: string) => catalog.parentOf(sku),
        applyLeaves: (leaves: ProfileState["leaves"]) => leaves,
        currency: "USD",
      };
      customer.state = foldEvent(customer.state, event, context);
      await note(customer.profileId);
    },
    note,
    /** A product as a catalog has it. */
    put: (product: CatalogProduct): void => {
      products.set(product.sku, product);
      catalog = aCatalog(...products.values());
      reminders.productsChanged([product.sku]);
    },
    /** The catalog says something else of a product from now on; the stock times are those of the shop's catalog. */
    change: (sku: string, change: Partial<CatalogProduct>): void => {
      const before = products.get(sku) ?? aProduct(sku);
      const { outOfStockAt, backInStockAt } = before;
      const inStock = change.inStock ?? before.inStock;
      const isNewTime = before.inStock && !(clock.now() - (backInStockAt ?? 0) < 3_600_000);
      const times = {
        ...(before.inStock && inStock ? { outOfStockAt, backInStockAt } : {}),
        ...(!before.inStock && inStock ? { outOfStockAt, backInStockAt: clock.now() } : {}),
        ...(inStock ? {} : { outOfStockAt: isNewTime ? clock.now() : outOfStockAt, backInStockAt: undefined }),
      };
      // Absent and undefined are the same to readers of these two.
      products.set(sku, { ...before, ...change, ...times } as CatalogProduct);
      catalog = aCatalog(...products.values());
      reminders.productsChanged([sku]);
    },
    /** One profile goes into another. */
    merge: (from: string, to: string): void => {
      const [gone, stays] = [customers.get(idOf(from)), customers.get(idOf(to))];
      if (!gone || !stays) throw new Error("both must be there");
      customers.delete(gone.profileId);
      merged.set(gone.profileId, stays.profileId);
      stays.state = { ...stays.state, cart: gone.state.cart, cartLog: gone.state.cartLog };
    },
    changeSettings: (settings: ReminderSettings): Promise<void> =>
      reminders.changeSettings(settings, 1, { actor: "test", via: "api", requestId: "r" }),
    /** Takes every mail that is due and says that it was sent. @returns them */
    sendAll: async () => {
      const sent = [];
      for (let round = 0; round < 50; round += 1) {
        const due = await reminders.due(500);
        if (due.length === 0) break;
        for (const mail of due) {
          if (!(await reminders.settle(mail, { status: "sent" }))) throw new Error("a mail was taken away");
          sent.push(mail);
        }
      }
      return sent;
    },
    rows: async <Row extends object>(text: string): Promise<readonly Row[]> => (await postgres.query<Row>(text)).rows,
  };
}

export type World = ReturnType<typeof createWorld>;
