import { isInWindow, type LiveDefinition } from "../../definitions/index.ts";
import { type CompiledRule, parseDuration, type RuleSubject } from "../../kernel/rules/index.ts";
import type { Plan, Verdict } from "./advance-sequence.ts";
import { anchorOf, boughtSince, conditionOf, isCartTrigger, treeOf } from "./conditions.ts";
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
  readonly triggers: readonly CompiledRule[];
};

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
  const reminders = live.map(({ id, key, name, version, body, window, scope }): LiveReminder => {
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
      triggers: body.triggers.map((trigger) => compile(conditionOf(trigger), zone)),
    };
  });
  const kinds = new Set(reminders.flatMap(({ body }) => body.triggers.map(({ kind }) => kind)));
  return {
    reminders,
    byId: new Map(reminders.map((reminder) => [reminder.id, reminder])),
    uses: {
      wishlist: kinds.has("wishlist"),
      browse: kinds.has("browse"),
      replenishment: kinds.has("replenishment"),
    },
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
): Verdict {
  const { nowMs } = moment;
  const anchors: Record<string, number> = {};
  const holding: Record<string, number> = {};
  const carts = new Set<string>();
  reminder.body.triggers.forEach((trigger, place) => {
    if (isCartTrigger(trigger)) carts.add(String(place));
    const at = anchorOf(trigger, person.state);
    if (at === undefined) return;
    anchors[place] = at;
    if (reminder.triggers[place]?.test(subject, nowMs)) holding[place] = at;
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
  };
}

/** When the answer of a rule can next change without anything happening to the person; null = not by itself. */
export function nextChangeOf({ rule, window }: LiveReminder, subject: RuleSubject, nowMs: number): number | null {
  const edges = [rule.nextChangeAt(subject, nowMs), window.fromMs, window.toMs].filter(
    (at): at is number => at !== null && at > nowMs,
  );
  return edges.length === 0 ? null : Math.min(...edges);
}
