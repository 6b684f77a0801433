// Triggers as trees of the rule language, so that one evaluator decides and explains; and what a trigger is about: the instant at which
// the cart, list or product was touched last, which tells one occasion from the next.
import type { ProfileState } from "../../profiles/index.ts";
import type { ReminderBody, ReminderTrigger } from "./reminder-body.ts";

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
          { items: { of: "viewed", match: "some", window: { between: [trigger.within, trigger.after] }, where } },
          { items: { of: "viewed", match: "none", window: { last: trigger.after } } },
          { items: { of: "cart", match: "none" } },
          { items: { of: "ordered", match: "none", window: { last: trigger.within } } },
        ],
      };
    case "replenishment":
      return {
        all: [
          { items: { of: "ordered", match: "some", window: { between: [trigger.within, trigger.after] }, where } },
          { items: { of: "ordered", match: "none", window: { last: trigger.after }, where } },
        ],
      };
    case "price_drop":
      return {
        items: {
          of: "cart",
          match: "some",
          where: {
            all: [
              attribute("product.final_price", "lte", { ref: "item.price", percent: 100 - trigger.percent }),
              where,
            ],
          },
        },
      };
  }
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
 */
export function anchorOf({ kind }: ReminderTrigger, state: ProfileState): number | undefined {
  switch (kind) {
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
