/** The standard commerce traits, computed from a profile's state when they are read; nothing here is stored. */
import { isObject, type Money } from "../kernel/index.ts";
import type { RuleObject } from "../kernel/rules/index.ts";
import {
  affinityShares,
  consentStatus,
  defaultGrantMs,
  type OwnedIdentifier,
  type ProfileState,
} from "../profiles/index.ts";
import {
  bestSendHour,
  bestSendHourChangesAt,
  emailEngagement,
  emailEngagementChangesAt,
  sessionsChangeAt,
  sessionsLately,
  storeVisitsChangeAt,
  storeVisitsLately,
} from "./contact-traits.ts";
import {
  birthDate,
  customerGroup,
  customerSince,
  daysSinceFirstOrder,
  daysSinceLastLogin,
  firstName,
  firstOrderChangesAt,
  gender,
  hasDefaultBilling,
  hasDefaultShipping,
  lastLoginAt,
  lastLoginChangesAt,
  lastName,
  loyalty,
  newsletter,
  rewardPoints,
  storeCredit,
  upgradeEligible,
} from "./customer-traits.ts";
import {
  averageOrder,
  couponsUsed,
  daysBetweenOrders,
  daysSinceLastOrder,
  discountShare,
  firstOrderAt,
  itemsBought,
  lacksRate,
  lastOrderAt,
  lifetimeRefunds,
  lifetimeSales,
  ordersCount,
  preferredChannel,
  returnsRate,
  revenueNet,
  unconfirmedChangesAt,
  unconfirmedOrders,
} from "./order-traits.ts";

/** Traits that people defined: values by key, and the instants at which they next change by themselves. */
export type DefinedTraits = (options: {
  readonly state: ProfileState;
  readonly nowMs: number;
  readonly profile: RuleObject;
  readonly changesAt: (path: string) => number;
}) => { readonly values: RuleObject; readonly changesAt: RuleObject };

export type TraitOptions = {
  /** Currency of revenue traits. */
  readonly currency: string;
  /** Decides `is_registered`, `email` and `phone`; default none. */
  readonly identifiers?: readonly OwnedIdentifier[];
  /** An amount with the rate of its day (days since 1970-01-01). Default: amounts in other currencies are left out. */
  readonly convert?: ((money: Money, to: string, day: number) => Money | undefined) | undefined;
  /** Zone of persons who have none, IANA; default UTC. */
  readonly timezone?: string | undefined;
  readonly defined?: DefinedTraits | undefined;
};

export type TraitInput = TraitOptions & { readonly state: ProfileState; readonly nowMs: number };

const dayMs = 86_400_000;
const keptSearches = 10;
const keptViews = 50;

function favourite(attribute: string): (input: TraitInput) => string | undefined {
  return ({ state, nowMs }) => affinityShares(state.affinity[attribute], nowMs)[0]?.value;
}

/** The categories of the greatest affinity are roots; the favourite is the deepest one that still holds half of the best share. */
function favouriteCategory({ state, nowMs }: TraitInput): string | undefined {
  const shares = affinityShares(state.affinity["category"], nowMs);
  const best = shares[0]?.score ?? 0;
  return shares
    .filter(({ score }) => score >= best / 2)
    .reduce<string | undefined>((deepest, { value }) => (depth(value) > depth(deepest) ? value : deepest), undefined);
}

function depth(path: string | undefined): number {
  return path === undefined ? 0 : path.split("/").length;
}

/** Value of the cart in the given currency; lines in others are left out. */
export function cartTotal(state: ProfileState, currency: string): Money {
  const lines = state.cart?.items.filter(({ lineTotal }) => lineTotal.currency === currency) ?? [];
  return { minor: lines.reduce((sum, { lineTotal }) => sum + lineTotal.minor, 0), currency };
}

function openCart({ state, currency }: TraitInput): unknown {
  const { cart } = state;
  if (!cart || cart.items.length === 0) return undefined;
  const items = cart.items.reduce((sum, { qty }) => sum + qty, 0);
  return { cart_id: cart.cartId, value: cartTotal(state, currency), items, updated_at: cart.updatedAt };
}

function wishlist({ state }: TraitInput): unknown {
  const [latest] = state.wishlistLog;
  return {
    items_count: state.wishlist.length,
    shared: state.wishlistSharedAt !== null,
    skus: state.wishlist,
    ...(latest ? { updated_at: latest.at } : {}),
  };
}

function consents({ state, nowMs }: TraitInput): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(state.consents).map((key) => {
      const [category = key, channel] = key.split(":");
      return [key, consentStatus(state, category, channel, nowMs)];
    }),
  );
}

/** A grant ends by itself. */
export function consentsChangeAt({ state, nowMs }: Pick<TraitInput, "state" | "nowMs">): number {
  const ends = Object.values(state.consents).map(({ status, at, expiresAt }) =>
    status === "granted" ? (expiresAt ?? at + defaultGrantMs) : 0,
  );
  return Math.min(Number.POSITIVE_INFINITY, ...ends.filter((end) => end > nowMs));
}

/** Shares by attribute and value, as `affinity.category.<path>`; they move by events only, since all scores decay alike. */
function affinities({ state, nowMs }: TraitInput): RuleObject {
  return Object.fromEntries(
    Object.entries(state.affinity).map(([attribute, scores]) => [
      attribute,
      Object.fromEntries(affinityShares(scores, nowMs).map(({ value, score }) => [value, score])),
    ]),
  );
}

/** Carried for models; what the shop itself writes under the name holds until a model has spoken. */
function predicted(name: string): (input: TraitInput) => unknown {
  return ({ state }) => state.predictions[name]?.value ?? state.attributes[name]?.value;
}

function identifierOf(namespace: string): (input: TraitInput) => string | undefined {
  return ({ identifiers = [], nowMs }) =>
    identifiers.find((each) => each.namespace === namespace && (each.validTo === null || each.validTo > nowMs))?.value;
}

const registeredId = identifierOf("user_id");

export function isRegistered(input: TraitInput): boolean {
  return registeredId(input) !== undefined;
}

/** Each trait by its key; undefined means that there is no value yet. */
export const traitReaders: Readonly<Record<string, (input: TraitInput) => unknown>> = {
  is_registered: isRegistered,
  first_name: firstName,
  last_name: lastName,
  group: customerGroup,
  gender,
  birth_date: birthDate,
  created_at: customerSince,
  newsletter,
  store_credit: storeCredit,
  reward_points: rewardPoints,
  loyalty,
  upgrade_eligible: upgradeEligible,
  has_default_billing: hasDefaultBilling,
  has_default_shipping: hasDefaultShipping,
  last_login_at: lastLoginAt,
  days_since_last_login: daysSinceLastLogin,
  first_seen_at: ({ state }) => state.firstSeenAt,
  last_seen_at: ({ state }) => state.lastSeenAt,
  store_views: ({ state }) => state.storeViews && Object.keys(state.storeViews),
  sessions: ({ state }) => state.sessionCount,
  sessions_30d: sessionsLately,
  orders_count: ordersCount,
  orders_revenue_net: revenueNet,
  aov: averageOrder,
  first_order_at: firstOrderAt,
  last_order_at: lastOrderAt,
  days_since_last_order: daysSinceLastOrder,
  days_since_first_order: daysSinceFirstOrder,
  lifetime_sales: lifetimeSales,
  lifetime_refunds: lifetimeRefunds,
  lifetime_profit: revenueNet,
  avg_days_between_orders: daysBetweenOrders,
  items_bought: itemsBought,
  returns_rate: returnsRate,
  discount_share: discountShare,
  unconfirmed_orders: unconfirmedOrders,
  favourite_category: favouriteCategory,
  favourite_brand: favourite("brand"),
  price_band: favourite("price_band"),
  preferred_channel: preferredChannel,
  last_search_terms: ({ state }) => state.searches.slice(0, keptSearches).map(({ query }) => query),
  last_viewed_products: ({ state }) => state.viewed.slice(0, keptViews).map(({ sku }) => sku),
  open_cart: openCart,
  wishlist,
  coupons_used: couponsUsed,
  store_visits_90d: storeVisitsLately,
  email_engagement_30d: emailEngagement,
  best_send_hour: bestSendHour,
  rfm: predicted("rfm"),
  clv_12m: predicted("clv_12m"),
  churn_probability: predicted("churn_probability"),
  p_alive: predicted("p_alive"),
  propensity_7d: predicted("propensity_7d"),
  propensity_30d: predicted("propensity_30d"),
  expected_orders_30d: predicted("expected_orders_30d"),
  next_order_at: predicted("next_order_at"),
  cluster: predicted("cluster"),
  counters: ({ state }) => state.counters,
  consents,
  /** Why a value is less than it could be. */
  trait_flags: (input) => (lacksRate(input) ? ["missing_rate"] : []),
};

/** When traits next change without an event; see `changesAt` of the attribute catalog. */
const changeReaders: Readonly<Record<string, (input: TraitInput) => number>> = {
  sessions_30d: sessionsChangeAt,
  store_visits_90d: storeVisitsChangeAt,
  email_engagement_30d: emailEngagementChangesAt,
  best_send_hour: bestSendHourChangesAt,
  unconfirmed_orders: unconfirmedChangesAt,
  consents: consentsChangeAt,
  newsletter: consentsChangeAt,
  days_since_last_login: lastLoginChangesAt,
  days_since_first_order: firstOrderChangesAt,
  days_since_last_order: (input) => {
    const last = lastOrderAt(input);
    const days = daysSinceLastOrder(input);
    return last === undefined || days === undefined ? Number.POSITIVE_INFINITY : last + (days + 1) * dayMs;
  },
};

/** Traits that the shop's own write takes the place of. */
const fallbackReaders: Readonly<Record<string, (input: TraitInput) => unknown>> = {
  email: identifierOf("email"),
  phone: identifierOf("phone"),
};

const inputKey = Symbol("input");
const memoKey = Symbol("memo");
type LazyTraits = { [inputKey]: TraitInput; [memoKey]: Record<string, unknown> };

const lazyPrototype: object = Object.create(null);
function defineLazy(key: string, read: (input: TraitInput, traits: RuleObject) => unknown, enumerable: boolean): void {
  Object.defineProperty(lazyPrototype, key, {
    enumerable,
    get(this: LazyTraits & RuleObject) {
      const memo = this[memoKey];
      if (!(key in memo)) memo[key] = read(this[inputKey], this);
      return memo[key];
    },
  });
}

/** Names that a written attribute cannot take. */
const reserved: ReadonlySet<string> = new Set([
  ...Object.keys(traitReaders),
  "trait",
  "trait_changes_at",
  "changes_at",
  "affinity",
  "defined",
]);

function changesOf(input: TraitInput): RuleObject {
  return Object.fromEntries(
    Object.entries(changeReaders).flatMap(([key, read]) => {
      const at = read(input);
      return at === Number.POSITIVE_INFINITY ? [] : [[key, at] as const];
    }),
  );
}

/** For formulas: when what they read next changes. */
function changeOfPath(input: TraitInput, traits: RuleObject, path: string): number {
  const [head = "", key = ""] = path.split(/(?<!\\)\./);
  if (head === "trait") {
    const changes = traits["trait_changes_at"];
    const at = isObject(changes) ? changes[key.replaceAll("\\.", ".")] : undefined;
    return typeof at === "number" ? at : Number.POSITIVE_INFINITY;
  }
  return Object.hasOwn(changeReaders, head)
    ? (changeReaders[head]?.(input) ?? Number.POSITIVE_INFINITY)
    : Number.POSITIVE_INFINITY;
}

type Defined = ReturnType<DefinedTraits>;
const nothingDefined: Defined = { values: {}, changesAt: {} };

for (const [key, read] of Object.entries(traitReaders)) defineLazy(key, read, true);
defineLazy("changes_at", changesOf, false);
defineLazy("affinity", affinities, false);
defineLazy(
  "defined",
  (input, traits) =>
    input.defined?.({
      state: input.state,
      nowMs: input.nowMs,
      profile: traits,
      changesAt: (path) => changeOfPath(input, traits, path),
    }) ?? nothingDefined,
  false,
);
// The getter above always yields this shape.
defineLazy("trait", (_input, traits) => (traits["defined"] as Defined).values, false);
defineLazy("trait_changes_at", (_input, traits) => (traits["defined"] as Defined).changesAt, false);

/**
 * The traits of one profile as rules read them: written attributes at once, computed traits when first asked for.
 * Judging 200 audiences touches few of them, and summing orders for each profile of a batch would cost more than the rules.
 */
export function lazyTraits(input: TraitInput): Readonly<Record<string, unknown>> {
  const traits: Record<string, unknown> & Partial<LazyTraits> = Object.create(lazyPrototype);
  for (const [key, read] of Object.entries(fallbackReaders)) traits[key] = read(input);
  for (const key of Object.keys(input.state.attributes)) {
    if (!reserved.has(key)) traits[key] = input.state.attributes[key]?.value;
  }
  // What a model says under a name of its own, such as likeness to an audience.
  for (const key of Object.keys(input.state.predictions)) {
    if (!reserved.has(key)) traits[key] = input.state.predictions[key]?.value;
  }
  traits[inputKey] = input;
  traits[memoKey] = Object.create(null);
  return traits;
}

/**
 * All traits of a profile: the standard ones, the written attributes by snake_case key, and under `trait` the defined ones. Absent
 * ones are left out.
 *
 * @param nowMs traits that count days count up to here
 */
export function traitsOf(state: ProfileState, nowMs: number, options: TraitOptions): Readonly<Record<string, unknown>> {
  const input: TraitInput = { ...options, state, nowMs };
  const lazy = lazyTraits(input);
  const written = Object.entries(state.attributes).map(([key, { value }]) => [key, value] as const);
  const computed = Object.entries(traitReaders).map(([key, read]) => [key, read(input)] as const);
  const fallbacks = Object.entries(fallbackReaders).map(([key, read]) => [key, read(input)] as const);
  const scores = Object.entries(state.predictions).map(([key, { value }]) => [key, value] as const);
  const named = [...written, ...scores].filter(([key]) => !reserved.has(key));
  const defined = definedValues(lazy["trait"]);
  return Object.fromEntries(
    [...fallbacks, ...named, ...computed, ["trait", defined] as const].filter(([, value]) => value !== undefined),
  );
}

/** Every defined trait with a value; undefined when there is none. */
function definedValues(values: unknown): Readonly<Record<string, unknown>> | undefined {
  const found: Record<string, unknown> = {};
  // Values are getters of the prototype: `in` walks over them.
  for (const key in values as RuleObject) {
    const value = (values as RuleObject)[key];
    if (value !== undefined) found[key] = value;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}
