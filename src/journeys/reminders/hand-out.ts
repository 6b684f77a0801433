// Gives mails to the sender and takes their outcome. A mail is held by one sender at a time; whoever holds it too long loses it to the
// next. The conditions are asked once more with everything that was accepted before: an order placed a second ago stops the mail.
import { setTimeout as pause } from "node:timers/promises";
import { type Clock, type Logger, newId } from "../../kernel/index.ts";
import { parseDuration, type RuleSubject } from "../../kernel/rules/index.ts";
import { endOf } from "./advance-sequence.ts";
import { wallOf } from "./local-time.ts";
import { loadPersons, type People, type Person, type SubjectOf, storeViewOf } from "./person.ts";
import { type LookOptions, type Route, routeOf } from "./plan-look.ts";
import type {
  CouponPort,
  DueReminder,
  IssuedCode,
  ProductFacts,
  Promotion,
  Recommend,
  ReminderOutcome,
} from "./ports.ts";
import { textsOf } from "./reminder-body.ts";
import { hindranceOf, type LiveReminder, type ReminderSet, verdictOf } from "./reminder-set.ts";
import { addressHashesOf, hashOfAddress } from "./select-due.ts";
import type { EndReason, Sequence, SkipReason } from "./sequence.ts";
import { type ReminderSettings, storeOf } from "./settings.ts";
import type { ReminderStore } from "./store.ts";
import type { ClaimedMail } from "./store-mails.ts";
import { variablesOf } from "./variables.ts";

export type HandOutDeps = {
  readonly store: ReminderStore;
  readonly people: People;
  readonly current: () => ReminderSet;
  readonly subjectOf: SubjectOf;
  readonly isSuppressed: LookOptions["isSuppressed"];
  readonly defaultStoreView: string;
  /** Remembers what is accepted by now. @returns whether all of that is in the profiles; default: it always is */
  readonly acceptedSoFar?: (() => Promise<() => Promise<boolean>>) | undefined;
  /** The live cart price rule of a key; undefined = there is none. */
  readonly promotionOf: (ruleKey: string, nowMs: number) => Promotion | undefined;
  readonly coupons?: CouponPort | undefined;
  readonly productOf: ProductFacts;
  readonly recommend?: Recommend | undefined;
  /** Link to the cart of somebody. */
  readonly recoveryUrl: (claim: { readonly profileId: string; readonly mailId: string }, storeUrl: string) => string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a sender may hold a mail; default 10 minutes. */
  readonly leaseMs?: number;
};

const defaultLeaseMs = 600_000;
const maxPerCall = 500;
const maxAttempts = 5;
/** A mail that kills its sender each time must not be given out for ever. */
const maxClaims = 10;
const firstRetryMs = 30_000;
const backlogLimitMs = 10_000;
const backlogPauseMs = 100;
const behindMs = 60_000;
const recommended = 6;
const maxWrites = 5;

type Held = {
  readonly mail: ClaimedMail;
  readonly reminder: LiveReminder;
  readonly person: Person;
  readonly subject: RuleSubject;
  readonly sequence: Sequence;
};
/** How a mail goes out, and what it is about. */
type Ready = { readonly route: Route; readonly products: readonly string[] };
type Refusal = { readonly skip: SkipReason; readonly end?: EndReason | undefined };

export function createHandOut(deps: HandOutDeps) {
  const { store, clock } = deps;

  /** Everything accepted before this call is in the profiles. @returns false when that takes too long */
  const isCaughtUp = async (): Promise<boolean> => {
    const isStored = await deps.acceptedSoFar?.();
    if (isStored === undefined) return true;
    for (let waitedMs = 0; waitedMs <= backlogLimitMs; waitedMs += backlogPauseMs) {
      if (await isStored()) return true;
      await pause(backlogPauseMs);
    }
    return false;
  };

  const skip = async (mail: ClaimedMail, { skip: reason, end }: Refusal): Promise<void> => {
    const nowMs = clock.now();
    for (let attempt = 1; attempt <= maxWrites; attempt += 1) {
      const done = await store
        .transaction(async (tx) => {
          const [sequence] = await store.sequences.of([mail], tx);
          if (!(await store.mails.end(tx, mail, "skipped", reason, nowMs))) return true;
          if (sequence === undefined || end === undefined) return true;
          const ended: Sequence = {
            ...sequence,
            version: sequence.version + 1,
            // One that a run ended already keeps its time: the quiet period counts from there.
            endedAt: sequence.endedAt ?? nowMs,
            endedReason:
              sequence.endedReason === null || sequence.endedReason === "completed" ? end : sequence.endedReason,
            cleared: true,
          };
          if (await store.sequences.write(tx, [ended])) return true;
          throw new Outrun();
        })
        .catch((error: unknown) => {
          if (error instanceof Outrun) return false;
          throw error;
        });
      if (done) return;
    }
  };

  const readyOf = (held: Held, options: Omit<LookOptions, "cap" | "newId">): Ready | Refusal => {
    const { reminder, person, subject, sequence } = held;
    const moment = { nowMs: options.nowMs, defaultStoreView: options.defaultStoreView };
    const hindrance = hindranceOf(reminder, person, subject, moment);
    if (hindrance === "rule_not_live") return { skip: hindrance };
    const verdict = verdictOf(reminder, person, subject, moment);
    const end = endOf(sequence, verdict, reminder.plan.join);
    if (end !== undefined) return { skip: end, end };
    const route = routeOf(reminder, person, subject, sequence.control, options);
    return route.why === null ? { route, products: verdict.products } : { skip: route.why };
  };

  /** The code of the sequence: made once, told again in later steps. */
  const codeOf = async (held: Held, promotion: Promotion | undefined): Promise<IssuedCode | undefined | "none"> => {
    const { sequence, reminder } = held;
    if (promotion === undefined || promotion.coupon.type === "none") return undefined;
    if (promotion.coupon.type === "specific") return { code: promotion.coupon.code, expires: null };
    if (sequence.code !== null) return { code: sequence.code, expires: sequence.codeExpires };
    const ruleKey = reminder.body.promotion?.cartPriceRule ?? "";
    const lastsMs = parseDuration(reminder.body.promotion?.codeLasts);
    const expires =
      lastsMs === undefined
        ? null
        : new Date(wallOf(clock.now() + lastsMs, reminder.plan.timezone)).toISOString().slice(0, 10);
    const { profileId } = held.person;
    // The time of the first match belongs to the sequence for ever, also when its profile merges into another.
    const key = `reminder:${sequence.ruleId}:${sequence.sequence}:${sequence.firstMatchAt}:${profileId}`;
    const issued = await deps.coupons?.issueCode(ruleKey, profileId, key, expires);
    if (issued === undefined) return "none";
    for (let attempt = 1; attempt <= maxWrites; attempt += 1) {
      const [now] = await store.sequences.of([sequence]);
      if (now === undefined) return issued;
      if (now.code !== null) return { code: now.code, expires: now.codeExpires };
      const named = { ...now, version: now.version + 1, code: issued.code, codeExpires: issued.expires };
      if (await store.transaction((tx) => store.sequences.write(tx, [named]))) return issued;
    }
    return issued;
  };

  const describe = async (
    held: Held,
    { route, products }: Ready,
    settings: ReminderSettings,
  ): Promise<DueReminder | undefined> => {
    const { mail, reminder, person, subject } = held;
    const { channel, template, addresses } = route;
    const [address = ""] = addresses;
    const storeView = storeViewOf(person, deps.defaultStoreView);
    const ruleKey = reminder.body.promotion?.cartPriceRule;
    const promotion = ruleKey === undefined ? undefined : deps.promotionOf(ruleKey, clock.now());
    const code = ruleKey !== undefined && promotion === undefined ? "none" : await codeOf(held, promotion);
    if (code === "none" || template === null) {
      await skip(mail, { skip: template === null ? "no_template" : "offer_unavailable" });
      return undefined;
    }
    const facts = storeOf(settings, storeView);
    const { cart } = person.state;
    const isOurs = await store.mails.describe(mail, {
      ...{ storeView, template, channel },
      addressHash: hashOfAddress(address),
    });
    if (!isOurs) return undefined;
    return {
      id: mail.mailId,
      claim: mail.claim,
      rule: { id: reminder.id, key: reminder.key, name: reminder.name },
      sequence: mail.sequence,
      step: mail.step,
      profileId: person.profileId,
      channel,
      address,
      addresses,
      storeView,
      template,
      sender: textsOf(reminder.body, storeView).sender ?? facts.sender ?? settings.sender,
      variables: variablesOf({
        reminder,
        person,
        subject,
        storeView,
        store: facts,
        products,
        promotion,
        code,
        productOf: deps.productOf,
        recoveryUrl:
          cart === null || cart.items.length === 0
            ? ""
            : deps.recoveryUrl({ profileId: person.profileId, mailId: mail.mailId }, facts.url ?? ""),
        recommendations: (await deps.recommend?.(person, recommended)) ?? [],
      }),
      ...(code ? { code: code.code } : {}),
    };
  };

  const postpone = async (mail: ClaimedMail, reason: string): Promise<void> => {
    const nowMs = clock.now();
    await store.transaction(async (tx) => {
      const attempts = await store.mails.postpone(tx, mail, reason, (n) => nowMs + firstRetryMs * 2 ** (n - 1));
      if (attempts === undefined || attempts < maxAttempts) return;
      await store.mails.giveUp(tx, mail.mailId, reason, nowMs);
    });
  };

  /** The profile became another one's since the mail was written, or is gone for good. */
  const settleGone = async (mail: ClaimedMail): Promise<void> => {
    const survivor = await deps.people.survivorOf(mail.profileId);
    if (survivor === undefined) return skip(mail, { skip: "gone" });
    if (survivor !== mail.profileId)
      await store.transaction((tx) => store.sequences.move(tx, mail.profileId, survivor, clock.now()));
    await store.mails.putBack(mail, clock.now());
  };

  return {
    /**
     * Mails that are to be sent now, held for this caller. Conditions, consent and suppression were asked just before; what must not go
     * is left out and written down with its reason.
     *
     * @param limit 1 to 500
     */
    due: async (limit: number): Promise<readonly DueReminder[]> => {
      const nowMs = clock.now();
      const { settings } = await store.runs.settings();
      if (!settings.enabled) return [];
      const claim = newId(nowMs);
      const until = nowMs + (deps.leaseMs ?? defaultLeaseMs);
      const mails = await store.mails.claim(claim, nowMs, until, Math.max(1, Math.min(limit, maxPerCall)));
      if (mails.length === 0) return [];
      if (!(await isCaughtUp())) {
        await store.mails.release(claim, clock.now() + behindMs);
        deps.logger.warn({ mails: mails.length }, "reminders wait: events are not processed yet");
        return [];
      }
      const persons = await loadPersons(deps.people, [...new Set(mails.map(({ profileId }) => profileId))]);
      const sequences = await store.sequences.of(mails);
      const subjects = new Map([...persons].map(([id, person]) => [id, deps.subjectOf(person)]));
      const known = [...persons.values()];
      const hashes = addressHashesOf(
        known,
        known.map(({ profileId }) => subjects.get(profileId) ?? {}),
        deps.current().reminders,
      );
      const failing = await store.mails.failures(hashes);
      const options = {
        nowMs: clock.now(),
        failureThreshold: settings.failureThreshold,
        defaultStoreView: deps.defaultStoreView,
        isSuppressed: deps.isSuppressed,
        failuresOf: (address: string) => failing.get(hashOfAddress(address)) ?? 0,
      };
      const given: DueReminder[] = [];
      for (const mail of mails) {
        const reminder = deps.current().byId.get(mail.ruleId);
        const person = persons.get(mail.profileId);
        const sequence = sequences.find(
          (each) => each.profileId === mail.profileId && each.ruleId === mail.ruleId && each.sequence === mail.sequence,
        );
        if (mail.claims > maxClaims) {
          await store.transaction((tx) => store.mails.end(tx, mail, "failed", "sender_lost", clock.now()));
          continue;
        }
        if (person === undefined || sequence === undefined) {
          await settleGone(mail);
          continue;
        }
        if (reminder === undefined) {
          await skip(mail, { skip: "rule_not_live" });
          continue;
        }
        const held: Held = { mail, reminder, person, sequence, subject: subjects.get(mail.profileId) ?? {} };
        const ready = readyOf(held, options);
        if ("skip" in ready) {
          await skip(mail, ready);
          continue;
        }
        try {
          const described = await describe(held, ready, settings);
          if (described) given.push(described);
        } catch (error) {
          deps.logger.error({ err: error, rule: reminder.key, mailId: mail.mailId }, "a reminder could not be made");
          await postpone(mail, "preparation_failed");
        }
      }
      return given;
    },

    /**
     * Takes the outcome of a mail. May be repeated.
     *
     * @returns false when the mail is no longer this caller's, or was settled before: nothing is written then
     */
    settle: async (held: Pick<DueReminder, "id" | "claim">, outcome: ReminderOutcome): Promise<boolean> => {
      const mail = { mailId: held.id, claim: held.claim };
      const nowMs = clock.now();
      return store.transaction(async (tx) => {
        if (outcome.status === "failed" && !outcome.isPermanent) {
          const attempts = await store.mails.postpone(
            tx,
            mail,
            outcome.reason.slice(0, 200),
            (n) => nowMs + firstRetryMs * 2 ** (n - 1),
          );
          if (attempts === undefined) return false;
          if (attempts < maxAttempts) return true;
          const hash = await store.mails.giveUp(tx, mail.mailId, outcome.reason.slice(0, 200), nowMs);
          if (hash) await store.mails.countFailure(tx, hash, true, nowMs);
          return true;
        }
        const reason = outcome.status === "sent" ? null : outcome.reason.slice(0, 200);
        const ended = await store.mails.end(tx, mail, outcome.status, reason, nowMs);
        if (ended === undefined) return false;
        if (ended.addressHash !== null && outcome.status !== "skipped")
          await store.mails.countFailure(tx, ended.addressHash, outcome.status === "failed", nowMs);
        return true;
      });
    },
  };
}

class Outrun extends Error {}

export type HandOut = ReturnType<typeof createHandOut>;
