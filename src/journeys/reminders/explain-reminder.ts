// Why a rule does or does not remind somebody now, and when the mails of the sequence are due.
import type { Explanation, RuleSubject } from "../../kernel/rules/index.ts";
import { advance, endOf } from "./advance-sequence.ts";
import type { Channel } from "./channels.ts";
import { labelOf, type Person, storeViewOf } from "./person.ts";
import { isControl, type LookOptions, routeOf } from "./plan-look.ts";
import { textsOf } from "./reminder-body.ts";
import { type Hindrance, hindranceOf, type LiveReminder, verdictOf } from "./reminder-set.ts";
import type { EndReason, Sequence, SkipReason } from "./sequence.ts";
import { stepDates } from "./step-dates.ts";

export type ReminderExplanation = {
  readonly profileId: string;
  /** What lists call the customer; empty = nothing is known. Personal data. */
  readonly label: string;
  readonly storeView: string;
  /** The conditions hold. */
  readonly holds: boolean;
  /** Why the rule has nothing to do with the customer, whatever its conditions say. */
  readonly hindrance: Hindrance | null;
  /** Why the sequence under way would end at the next run. */
  readonly end: EndReason | null;
  /** Step that the next run makes due; null = none. */
  readonly step: number | null;
  /** Why that step would bring no mail; null = it would. */
  readonly why: SkipReason | null;
  /** How that step goes out; null without a step. */
  readonly channel: Channel | null;
  /** Key of the template of that step, by channel and store view; null without a step, or where none is selected. */
  readonly template: string | null;
  /** Title of that step, by store view; empty without a step, or where there is none. */
  readonly title: string;
  readonly control: boolean;
  /** SKUs that the rule is about: what got cheaper, is back in stock, was looked at or may run out. */
  readonly products: readonly string[];
  /** When each mail is due, UTC ms: of the sequence under way, of the one that would begin now, or empty. */
  readonly dates: readonly number[];
  readonly explanation: Explanation;
};

export function explainReminder(
  reminder: LiveReminder,
  person: Person,
  subject: RuleSubject,
  last: Sequence | undefined,
  isWaiting: boolean,
  options: Omit<LookOptions, "cap" | "newId">,
): ReminderExplanation {
  const { nowMs } = options;
  const verdict = verdictOf(reminder, person, subject, options);
  const control = isControl(reminder, person.profileId);
  const begin = (sequence: number): Sequence => ({
    ...{ profileId: person.profileId, ruleId: reminder.id, sequence, version: 1, firstMatchAt: nowMs, control },
    ...{ anchors: verdict.holding, nextStep: 0, code: null, codeExpires: null, lastMailAt: null },
    ...{ endedAt: null, endedReason: null, cleared: false },
  });
  const next = advance(reminder.plan, last, verdict, nowMs, { isWaiting, begin });
  const route = next.step === undefined ? undefined : routeOf(reminder, person, subject, control, options);
  const isActive = last?.endedAt === null;
  const first = isActive ? last.firstMatchAt : next.step === undefined ? undefined : nowMs;
  const storeView = storeViewOf(person, options.defaultStoreView);
  return {
    profileId: person.profileId,
    label: labelOf(person, subject),
    storeView,
    holds: verdict.holds,
    hindrance: hindranceOf(reminder, person, subject, options) ?? null,
    end: isActive ? (endOf(last, verdict, reminder.plan.join) ?? null) : null,
    step: next.step ?? null,
    why: route?.why ?? null,
    channel: route?.channel ?? null,
    template: route?.template ?? null,
    title: route === undefined ? "" : textsOf(reminder.body, storeView).title,
    control,
    products: verdict.products,
    dates: first === undefined ? [] : stepDates(first, reminder.plan.repeatDays, reminder.plan.timezone),
    explanation: reminder.rule.explain(subject, nowMs),
  };
}
