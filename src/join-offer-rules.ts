// What offers ask of cart price rules: whether one is in use, whether it would change the cart in hand, how much the cart lacks of it.
import type { Config } from "./config.ts";
import type { DecisionContext } from "./decisions/index.ts";
import { type Definitions, isInWindow, type LiveDefinition } from "./definitions/index.ts";
import type { Money } from "./kernel/index.ts";
import { localDateText, localDayOf } from "./kernel/rules/index.ts";
import { type CartRuleBody, cartRuleKindName, type Lack } from "./offers/index.ts";

/** A rule that one amount or quantity more would bring about. */
export type NearRule = {
  readonly rule: string;
  readonly missing: {
    readonly attribute: string;
    /** With `gt` it takes more than `lacks`. */
    readonly op: "gte" | "gt";
    readonly lacks?: Money | number | string;
  };
};

/** Rules by what they are for the cart in hand. */
export type FiringCart = {
  readonly applied: readonly string[];
  readonly nearMisses: readonly NearRule[];
};

const quantities: ReadonlySet<string> = new Set([
  ...["cart.total_qty", "cart.eligible_qty", "cart.line_count", "items.quantity", "items.count"],
]);

/** What is to go into the cart; null where it is neither money nor a quantity. */
export function lackOf({ attribute, op, lacks }: NearRule["missing"]): Lack | null {
  if (lacks === undefined) return null;
  if (typeof lacks === "object")
    return { minor: op === "gt" ? lacks.minor + 1 : lacks.minor, currency: lacks.currency };
  const quantity = Number(lacks);
  if (!quantities.has(attribute) || !Number.isFinite(quantity)) return null;
  return { quantity: op === "gt" ? Math.floor(quantity) + 1 : quantity };
}

type Fired = { readonly applied: ReadonlySet<string>; readonly near: ReadonlyMap<string, Lack | null> };

export function createOfferRules(deps: {
  readonly definitions: Pick<Definitions, "live">;
  readonly config: Pick<Config, "timezone">;
  readonly rulesThatFire: (call: DecisionContext) => FiringCart;
}) {
  const { config, definitions } = deps;
  let live: readonly LiveDefinition<CartRuleBody>[] = [];
  let byKey: ReadonlyMap<string, LiveDefinition<CartRuleBody>> = new Map();
  const ruleOf = (key: string): LiveDefinition<CartRuleBody> | undefined => {
    const current = definitions.live<CartRuleBody>(cartRuleKindName);
    if (current !== live) [live, byKey] = [current, new Map(current.map((rule) => [rule.key, rule]))];
    return byKey.get(key);
  };
  let day = Number.NaN;
  let today = "";
  const todayAt = (nowMs: number): string => {
    const current = localDayOf(nowMs, config.timezone);
    if (current !== day) [day, today] = [current, localDateText(current)];
    return today;
  };
  // One evaluation a call, however many offers ask.
  const firedOf = new WeakMap<DecisionContext, Fired>();
  const fire = (context: DecisionContext): Fired => {
    const known = firedOf.get(context);
    if (known) return known;
    const { applied, nearMisses } = deps.rulesThatFire(context);
    const near = new Map(nearMisses.map(({ rule, missing }) => [rule, lackOf(missing)]));
    const fired = { applied: new Set(applied), near };
    firedOf.set(context, fired);
    return fired;
  };
  return {
    budgetOf: (key: string) => ruleOf(key)?.body.budget,
    /** Live and in its days. */
    isOpen: (key: string, nowMs: number): boolean => {
      const rule = ruleOf(key);
      if (!rule || !isInWindow(rule, nowMs)) return false;
      const { from, to } = rule.body;
      if (!from && !to) return true;
      const now = todayAt(nowMs);
      return (!from || from <= now) && (!to || now <= to);
    },
    judge: (key: string, context: DecisionContext): { readonly applies: boolean; readonly missing: Lack | null } => {
      const { applied, near } = fire(context);
      return { applies: applied.has(key), missing: near.get(key) ?? null };
    },
  };
}
