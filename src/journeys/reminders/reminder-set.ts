import { isInWindow, type LiveDefinition } from "../../definitions/index.ts";
import { type CompiledRule, parseDuration, type RuleSubject } from "../../kernel/rules/index.ts";
import type { Plan, Verdict } from "./advance-sequence.ts";
import { anchorOf, boughtSince, conditionOf, isCartTrigger, sourcesOf, treeOf } from "./conditions.ts";
import { matchingProducts, type ProductTests, productTestsOf } from "./matching-products.ts";
import { type Person, storeViewOf, type TriggerUses } from "./person.ts";
import type { ReminderBody } from "./reminder-body.ts";
import { parseRepeat } from "./step-dates.ts";

/** Compiles a rule for a zone. */
export type CompileRule = (rule: unknown, timezone: string) => CompiledRule;

/** One live rule, ready to judge. */
export type LiveReminder = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly body: ReminderBody;
  readonly window: LiveDefinition<ReminderBody>["window"];
  /** Null = all. */
  readonly storeViews: readonly string[] | null;
  readonly plan: Plan;
  readonly rule: CompiledRule;
  readonly triggers: readonly {
    readonly rule: CompiledRule;
    readonly products: ProductTests;
  }[];
};

/** What a rule says of somebody, and which products it is about. */
export type ReminderVerdict = Verdict & { readonly products: readonly string[] };

export type ReminderSet = {
  readonly reminders: readonly LiveReminder[];
  readonly byId: ReadonlyMap<string, LiveReminder>;
  readonly uses: TriggerUses;
};

const defaultQuietMs = 7 * 86_400_000;

/** Compiles the live rules. */
export function buildReminderSet(
  live: readonly LiveDefinition<ReminderBody>[],
  compile: CompileRule,
  timezone: string,
): ReminderSet {
  const reminders = live.map((definition) => buildReminder(definition, compile, timezone));
  const triggers = reminders.flatMap(({ body }) => body.triggers);
  const kinds = new Set(triggers.map(({ kind }) => kind));
  const backInStock = new Set(triggers.flatMap(sourcesOf));
  return {
    reminders,
    byId: new Map(reminders.map((reminder) => [reminder.id, reminder])),
    uses: {
      wishlist: kinds.has("wishlist") || backInStock.has("wishlist"),
      viewed: kinds.has("browse") || backInStock.has("viewed"),
      replenishment: kinds.has("replenishment"),
      priceDrop: kinds.has("price_drop"),
      backInStock,
    },
  };
}

/** One rule, ready to judge. */
export function buildReminder(
  { id, key, name, version, body, window, scope }: LiveDefinition<ReminderBody>,
  compile: CompileRule,
  timezone: string,
): LiveReminder {
  const zone = body.timezone ?? timezone;
  return {
    ...{ id, key, name, version, body, window },
    storeViews: scope.storeViews,
    plan: {
      repeatDays: parseRepeat(body.repeat ?? "") ?? [],
      timezone: zone,
      join: body.join,
      repeatable: body.repeatable ?? true,
      quietMs: parseDuration(body.quietPeriod) ?? defaultQuietMs,
    },
    rule: compile(treeOf(body), zone),
    triggers: body.triggers.map((trigger) => ({
      rule: compile(conditionOf(trigger), zone),
      products: productTestsOf(trigger, (rule) => compile(rule, zone)),
    })),
  };
}

/** Why a rule does not hold for somebody, before its conditions are asked. */
export type Hindrance = "rule_not_live" | "other_store_view" | "guest";

export function hindranceOf(
  reminder: LiveReminder,
  person: Person,
  subject: RuleSubject,
  { nowMs, defaultStoreView }: { readonly nowMs: number; readonly defaultStoreView: string },
): Hindrance | undefined {
  if (!isInWindow(reminder, nowMs)) return "rule_not_live";
  const { storeViews } = reminder;
  if (storeViews !== null && !storeViews.includes(storeViewOf(person, defaultStoreView))) return "other_store_view";
  if (reminder.body.guests !== true && subject.profile?.["is_registered"] !== true) return "guest";
  return undefined;
}

/** What a rule says of somebody now. */
export function verdictOf(
  reminder: LiveReminder,
  person: Person,
  subject: RuleSubject,
  moment: { readonly nowMs: number; readonly defaultStoreView: string },
): ReminderVerdict {
  const { nowMs } = moment;
  const anchors: Record<string, number> = {};
  const holding: Record<string, number> = {};
  const carts = new Set<string>();
  const products = new Set<string>();
  reminder.body.triggers.forEach((trigger, place) => {
    if (isCartTrigger(trigger)) carts.add(String(place));
    const compiled = reminder.triggers[place];
    const isTrue = compiled?.rule.test(subject, nowMs) ?? false;
    const found = isTrue && compiled ? matchingProducts(compiled.products, subject, nowMs) : noProducts;
    const at = anchorOf(trigger, person.state, trigger.kind === "back_in_stock" ? backSince(found, subject) : []);
    if (at === undefined) return;
    anchors[place] = at;
    if (!isTrue || (compiled?.products.length !== 0 && found.size === 0)) return;
    holding[place] = at;
    for (const sku of found) products.add(sku);
  });
  const count = Object.keys(holding).length;
  const isMet = reminder.plan.join === "all" ? count === reminder.triggers.length : count > 0;
  return {
    holds: isMet && hindranceOf(reminder, person, subject, moment) === undefined && reminder.rule.test(subject, nowMs),
    anchors,
    holding,
    carts,
    boughtSince: (at) => boughtSince(person.state, at),
    hasCart: person.state.cart !== null && person.state.cart.items.length > 0,
    products: [...products],
  };
}

const noProducts: ReadonlySet<string> = new Set();

/** Since when each of these is back in stock. */
function backSince(skus: ReadonlySet<string>, subject: RuleSubject): readonly number[] {
  return [...skus].flatMap((sku) => {
    const at = subject.productOf?.(sku)?.["back_in_stock_at"];
    return typeof at === "number" ? at : [];
  });
}

/** When the answer of a rule can next change without anything happening to the person; null = not by itself. */
export function nextChangeOf({ rule, window }: LiveReminder, subject: RuleSubject, nowMs: number): number | null {
  const edges = [rule.nextChangeAt(subject, nowMs), window.fromMs, window.toMs].filter(
    (at): at is number => at !== null && at > nowMs,
  );
  return edges.length === 0 ? null : Math.min(...edges);
}
