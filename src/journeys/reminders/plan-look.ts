// One look at one customer: what every live rule makes of them now. Pure; the run writes it.
import { hashToUnit } from "../../kernel/index.ts";
import type { RuleSubject } from "../../kernel/rules/index.ts";
import { advance } from "./advance-sequence.ts";
import { addressesOf, type Channel } from "./channels.ts";
import { gateOf } from "./mail-gate.ts";
import { type Person, storeViewOf } from "./person.ts";
import { channelsOf, textsOf } from "./reminder-body.ts";
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
  readonly isSuppressed: (person: Person, address: string | undefined, channel: Channel) => boolean;
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

/** How a rule reaches somebody now. */
export type Route = {
  readonly channel: Channel;
  /** Of push messages: every device. Empty = none is known. */
  readonly addresses: readonly string[];
  readonly template: string | null;
  /** Why nothing goes out; null = nothing is against it. */
  readonly why: SkipReason | null;
};

/** The first channel of the rule that nothing is against; where there is none, the rule's first one with what is against it. */
export function routeOf(
  reminder: Pick<LiveReminder, "body">,
  person: Person,
  subject: RuleSubject,
  control: boolean,
  options: Omit<LookOptions, "cap" | "newId">,
): Route {
  const storeView = storeViewOf(person, options.defaultStoreView);
  let first: Route | undefined;
  for (const channel of channelsOf(reminder.body)) {
    const { template } = textsOf(reminder.body, storeView, channel);
    const known = addressesOf(channel, person, subject);
    // A device that fails does not keep the others from being reached.
    const { failureThreshold } = options;
    const usable = known.filter((each) => failureThreshold === 0 || options.failuresOf(each) < failureThreshold);
    const addresses = usable.length > 0 ? usable : known;
    const [address] = addresses;
    const recipient = {
      state: person.state,
      channel,
      address,
      newsletter: subject.profile?.["newsletter"],
      isSuppressed: options.isSuppressed(person, address, channel),
      failures: address === undefined ? 0 : options.failuresOf(address),
      isControl: control,
      template,
    };
    const why = gateOf(recipient, options.failureThreshold, options.nowMs) ?? null;
    const route = { channel, addresses, template, why };
    if (why === null) return route;
    first ??= route;
  }
  return first ?? { channel: "email", addresses: [], template: null, why: "no_template" };
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
    const mailOf = (
      number: number,
      reason: SkipReason | null,
      route: Pick<Route, "channel" | "template">,
    ): NewMail => ({
      mailId: options.newId(),
      profileId: person.profileId,
      ruleId: reminder.id,
      sequence: sequence.sequence,
      step: number,
      state: reason === null ? "due" : "skipped",
      reason,
      dueAt: nowMs,
      storeView,
      channel: route.channel,
      template: route.template,
    });
    if (step !== undefined) {
      const route = routeOf(reminder, person, subject, sequence.control, options);
      for (const late of made.lateSteps) mails.push(mailOf(late, "too_late", route));
      const isCapped = cap !== null && lately >= cap.mails;
      const reason = route.why ?? (isCapped ? "capped" : null);
      mails.push(mailOf(step, reason, route));
      if (reason === null) lately += 1;
    }
    if (made.sequence) {
      const sent = mails.some((mail) => mail.ruleId === reminder.id && mail.state === "due");
      sequences.push(sent ? { ...made.sequence, lastMailAt: nowMs } : made.sequence);
    }
  }
  return { sequences, mails, lookAt: Math.max(lookAt, nowMs + 1) };
}
