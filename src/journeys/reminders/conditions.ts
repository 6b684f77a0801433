// Triggers as trees of the rule language, so that one evaluator decides and explains; and what a trigger is about: the instant at which
// the cart, list or product was touched last, which tells one occasion from the next.
import type { ProfileState } from "../../profiles/index.ts";
import type { BackInStockSource, ReminderBody, ReminderTrigger } from "./reminder-body.ts";

const everything = { all: [] };

function attribute(path: string, op: string, value?: unknown): object {
  return { attribute: value === undefined ? { path, op } : { path, op, value } };
}

function whereOf({ where }: ReminderTrigger): unknown {
  return where ?? everything;
}

/** The condition of one trigger. */
export function conditionOf(trigger: ReminderTrigger): object {
  const where = whereOf(trigger);
  switch (trigger.kind) {
    case "cart":
      return {
        all: [
          attribute("profile.open_cart.items", "gt", 0),
          attribute("profile.open_cart.updated_at", "before_last", trigger.after),
          where,
        ],
      };
    case "wishlist":
      return {
        all: [
          attribute("profile.wishlist.items_count", "gte", 1),
          attribute("profile.wishlist.updated_at", "before_last", trigger.after),
          where,
        ],
      };
    case "browse":
      return {
        all: [
          ...productConditionsOf(trigger),
          { items: { of: "viewed", match: "none", window: { last: trigger.after } } },
          { items: { of: "cart", match: "none" } },
          { items: { of: "ordered", match: "none", window: { last: trigger.within } } },
        ],
      };
    case "replenishment":
    case "price_drop":
    case "back_in_stock":
      return { any: productConditionsOf(trigger) };
  }
}

type Source = BackInStockSource | "ordered";
export type ProductCondition = {
  readonly items: {
    readonly of: Source;
    readonly match: "some";
    readonly window?: { readonly between: readonly [string, string] };
    readonly where: unknown;
  };
};

const allSources: readonly BackInStockSource[] = ["viewed", "wishlist", "cart"];

/** Where a customer may have met products that are back in stock. */
export function sourcesOf(trigger: ReminderTrigger): readonly BackInStockSource[] {
  return trigger.kind === "back_in_stock" ? (trigger.of ?? allSources) : [];
}

/** What one product must meet, whatever the customer's others do; empty for triggers that are about none. */
export function productConditionsOf(trigger: ReminderTrigger): readonly ProductCondition[] {
  const where = whereOf(trigger);
  const some = (of: Source, more: Omit<ProductCondition["items"], "of" | "match">): ProductCondition => ({
    items: { of, match: "some", ...more },
  });
  switch (trigger.kind) {
    case "cart":
    case "wishlist":
      return [];
    case "browse":
      return [some("viewed", { window: { between: [trigger.within, trigger.after] }, where })];
    case "replenishment":
      return [some("ordered", { window: { between: [trigger.within, trigger.after] }, where })];
    case "price_drop": {
      const price = { ref: "item.price", percent: 100 - trigger.percent };
      return [some("cart", { where: { all: [attribute("product.final_price", "lte", price), where] } })];
    }
    case "back_in_stock":
      return sourcesOf(trigger).map((of) => some(of, { where: { all: [...returned(of, trigger.within), where] } }));
  }
}

/** Back in stock, and met while it was not: a glance before it went out of stock waits for nothing. */
function returned(of: BackInStockSource, within: string): readonly object[] {
  const back = "product.back_in_stock_at";
  const whileOut = attribute("item.at", "gte", { ref: "product.out_of_stock_at" });
  return [
    attribute("product.in_stock", "is_true"),
    attribute(back, "within_last", within),
    attribute("item.at", "lt", { ref: back }),
    ...(of === "viewed" ? [whileOut] : []),
  ];
}

/** What must not be so of a product that meets a condition: bought again. */
export function exceptionOf(trigger: ReminderTrigger): object | undefined {
  if (trigger.kind !== "replenishment") return undefined;
  return { items: { of: "ordered", match: "some", window: { last: trigger.after } } };
}

/** Everything that must hold, as one tree. */
export function treeOf({ join, triggers, rule }: Pick<ReminderBody, "join" | "triggers" | "rule">): object {
  const roots = triggers.map(conditionOf);
  const joined = join === "all" ? { all: roots } : { any: roots };
  return rule === undefined ? joined : { all: [joined, rule] };
}

/** Orders that stand, newest first. */
function standing({ orders }: ProfileState) {
  return orders.filter(({ status }) => status !== "cancelled");
}

/**
 * When what a trigger is about was touched last, UTC ms; undefined when there is none, or when the cart was bought: an order that the
 * back office reports does not always close the cart by itself.
 *
 * @param back since when the products that the trigger is about are back in stock
 */
export function anchorOf({ kind }: ReminderTrigger, state: ProfileState, back: readonly number[]): number | undefined {
  switch (kind) {
    case "back_in_stock": {
      const first = Math.min(...back);
      return back.length === 0 || boughtSince(state, first) ? undefined : first;
    }
    case "cart":
    case "price_drop": {
      const { cart } = state;
      if (!cart || cart.items.length === 0) return undefined;
      return standing(state).some(({ placedAt }) => placedAt >= cart.updatedAt) ? undefined : cart.updatedAt;
    }
    case "wishlist":
      return state.wishlist.length === 0 ? undefined : state.wishlistLog[0]?.at;
    case "browse":
      return state.viewed[0]?.at;
    case "replenishment":
      return standing(state)[0]?.placedAt;
  }
}

/** Whether the trigger is about the cart. */
export function isCartTrigger({ kind }: ReminderTrigger): boolean {
  return kind === "cart" || kind === "price_drop";
}

/** Whether somebody bought at an instant or after it. */
export function boughtSince(state: ProfileState, at: number): boolean {
  return standing(state).some(({ placedAt }) => placedAt >= at);
}
