// One look at one customer: what every live rule makes of them now. Pure; the run writes it.
import { hashToUnit } from "../../kernel/index.ts";
import type { RuleSubject } from "../../kernel/rules/index.ts";
import { advance } from "./advance-sequence.ts";
import { gateOf } from "./mail-gate.ts";
import { type Person, storeViewOf } from "./person.ts";
import { textsOf } from "./reminder-body.ts";
import { type LiveReminder, nextChangeOf, verdictOf } from "./reminder-set.ts";
import type { NewMail, Sequence, SkipReason } from "./sequence.ts";

/** What is known of a customer beside the profile. */
export type Known = {
  /** The newest sequence of each rule. */
  readonly sequences: ReadonlyMap<string, Sequence>;
  /** Rules with a mail that is neither sent nor given up. */
  readonly waiting: ReadonlySet<string>;
  /** When reminders were sent or became due lately, for the cap. */
  readonly mailTimes: readonly number[];
};

export type LookOptions = {
  readonly nowMs: number;
  readonly defaultStoreView: string;
  readonly failureThreshold: number;
  readonly cap: { readonly mails: number; readonly days: number } | null;
  /** E-mail address of somebody. */
  readonly addressOf: (person: Person, subject: RuleSubject) => string | undefined;
  readonly isSuppressed: (person: Person, address: string | undefined) => boolean;
  readonly failuresOf: (address: string) => number;
  readonly newId: () => string;
};

export type Look = {
  readonly sequences: readonly Sequence[];
  readonly mails: readonly NewMail[];
  /** When to look again. */
  readonly lookAt: number;
};

const dayMs = 86_400_000;
/** Attributes that no event of the queue tells of, such as a score of a model, are seen this late at most. */
const longestSleepMs = dayMs;
const waitingMs = 900_000;

/** Whether a customer is in the control group of a rule; the same for ever. */
export function isControl({ id, body }: Pick<LiveReminder, "id" | "body">, profileId: string): boolean {
  return hashToUnit(`reminder:${id}`, profileId) < (body.controlShare ?? 0);
}

/** Why somebody gets no mail of a rule now; undefined when nothing is against it. */
export function whyNoMail(
  reminder: LiveReminder,
  person: Person,
  subject: RuleSubject,
  control: boolean,
  options: Omit<LookOptions, "cap" | "newId">,
): SkipReason | undefined {
  const address = options.addressOf(person, subject);
  const { template } = textsOf(reminder.body, storeViewOf(person, options.defaultStoreView));
  const recipient = {
    state: person.state,
    address,
    newsletter: subject.profile?.["newsletter"],
    isSuppressed: options.isSuppressed(person, address),
    failures: address === undefined ? 0 : options.failuresOf(address),
    isControl: control,
    template,
  };
  return gateOf(recipient, options.failureThreshold, options.nowMs);
}

/** Everything that happens with a customer now. */
export function planLook(
  reminders: readonly LiveReminder[],
  person: Person,
  subject: RuleSubject,
  known: Known,
  options: LookOptions,
): Look {
  const { nowMs, cap } = options;
  const sequences: Sequence[] = [];
  const mails: NewMail[] = [];
  let lookAt = nowMs + longestSleepMs;
  const since = cap === null ? nowMs : nowMs - cap.days * dayMs;
  let lately = known.mailTimes.filter((at) => at > since).length;
  const storeView = storeViewOf(person, options.defaultStoreView);
  for (const reminder of reminders) {
    const verdict = verdictOf(reminder, person, subject, options);
    const isWaiting = known.waiting.has(reminder.id);
    const begin = (sequence: number): Sequence => ({
      profileId: person.profileId,
      ruleId: reminder.id,
      sequence,
      version: 1,
      firstMatchAt: nowMs,
      anchors: verdict.holding,
      nextStep: 0,
      control: isControl(reminder, person.profileId),
      code: null,
      codeExpires: null,
      lastMailAt: null,
      endedAt: null,
      endedReason: null,
      cleared: false,
    });
    const last = known.sequences.get(reminder.id);
    const made = advance(reminder.plan, last, verdict, nowMs, { isWaiting, begin });
    const change = nextChangeOf(reminder, subject, nowMs);
    lookAt = Math.min(lookAt, made.lookAt ?? lookAt, change ?? lookAt, isWaiting ? nowMs + waitingMs : lookAt);
    const { sequence = last, step } = made;
    if (sequence === undefined) continue;
    const mailOf = (number: number, reason: SkipReason | null): NewMail => ({
      mailId: options.newId(),
      profileId: person.profileId,
      ruleId: reminder.id,
      sequence: sequence.sequence,
      step: number,
      state: reason === null ? "due" : "skipped",
      reason,
      dueAt: nowMs,
      storeView,
      template: textsOf(reminder.body, storeView).template,
    });
    for (const late of made.lateSteps) mails.push(mailOf(late, "too_late"));
    if (step !== undefined) {
      const isCapped = cap !== null && lately >= cap.mails;
      const reason = whyNoMail(reminder, person, subject, sequence.control, options) ?? (isCapped ? "capped" : null);
      mails.push(mailOf(step, reason));
      if (reason === null) lately += 1;
    }
    if (made.sequence) {
      const sent = mails.some((mail) => mail.ruleId === reminder.id && mail.state === "due");
      sequences.push(sent ? { ...made.sequence, lastMailAt: nowMs } : made.sequence);
    }
  }
  return { sequences, mails, lookAt: Math.max(lookAt, nowMs + 1) };
}
