// The state machine of offers-and-segments 5, rules 1 to 4: pure, one customer and one rule at one instant.

import type { Anchors, EndReason, Sequence } from "./sequence.ts";
import { stepDates } from "./step-dates.ts";

/** What the rule says of the customer now. */
export type Verdict = {
  readonly holds: boolean;
  /** Of the triggers that hold. */
  readonly holding: Anchors;
  /** Of all triggers that have something to be about. */
  readonly anchors: Anchors;
  /** Triggers about the cart, by place. */
  readonly carts: ReadonlySet<string>;
  /** Whether the customer bought at an instant or after it. */
  readonly boughtSince: (at: number) => boolean;
  /** The cart has lines. */
  readonly hasCart: boolean;
};

export type Plan = {
  readonly repeatDays: readonly number[];
  readonly timezone: string;
  readonly join: "all" | "any";
  readonly repeatable: boolean;
  readonly quietMs: number;
};

export type Advance = {
  /** The sequence as it should be stored now; undefined when it stays as it is or there is none. */
  readonly sequence: Sequence | undefined;
  /** A step that is due now. */
  readonly step: number | undefined;
  /** Steps whose time passed while nobody could send: only the newest due one is sent. */
  readonly lateSteps: readonly number[];
  /** When to look again, besides changes of the customer and of the rule's truth. */
  readonly lookAt: number | null;
};

const nothing: Advance = { sequence: undefined, step: undefined, lateSteps: [], lookAt: null };

/**
 * Why a sequence must not go on, given what holds now; undefined when it may.
 *
 * A cart that was among the reasons of the first match and was bought, emptied or touched again ends it, whatever else holds.
 */
export function endOf(
  { anchors, firstMatchAt }: Pick<Sequence, "anchors" | "firstMatchAt">,
  verdict: Verdict,
  join: Plan["join"],
): Exclude<EndReason, "completed" | "merged"> | undefined {
  const places = Object.keys(anchors);
  const cartsLeft = places.flatMap((place) => (verdict.carts.has(place) ? [anchors[place] ?? firstMatchAt] : []));
  // An order of the cart may be older than the first match and be reported after it.
  if (verdict.boughtSince(Math.min(firstMatchAt, ...cartsLeft))) return "bought";
  const isSame = (place: string) => verdict.anchors[place] === anchors[place];
  const lostCart = places.find((place) => verdict.carts.has(place) && !isSame(place));
  if (lostCart !== undefined) {
    if (!verdict.hasCart) return "emptied";
    return verdict.anchors[lostCart] === undefined ? "bought" : "restored";
  }
  if (!verdict.holds) return "conditions";
  const holdsStill = (place: string) => isSame(place) && verdict.holding[place] !== undefined;
  const goesOn = join === "all" ? places.every(holdsStill) : places.some(holdsStill);
  return goesOn ? undefined : "restored";
}

/** Whether the occasion of an ended sequence has stopped to hold by now. */
function hasCleared(last: Sequence, verdict: Verdict): boolean {
  if (last.cleared || !verdict.holds) return true;
  // Touched and left again between two looks.
  return Object.keys(last.anchors).some((place) => verdict.anchors[place] !== last.anchors[place]);
}

/**
 * What happens with a customer now.
 *
 * @param last the newest sequence of the customer and the rule
 * @param isWaiting an earlier step is neither sent nor given up: no further one comes before that
 * @param begin makes the first fields of a new sequence
 */
export function advance(
  plan: Plan,
  last: Sequence | undefined,
  verdict: Verdict,
  nowMs: number,
  { isWaiting, begin }: { readonly isWaiting: boolean; readonly begin: (number: number) => Sequence },
): Advance {
  if (last?.endedAt === null) return goOn(plan, last, verdict, nowMs, isWaiting);
  if (last === undefined) return verdict.holds ? firstStep(plan, begin(1), nowMs) : nothing;
  const cleared = hasCleared(last, verdict);
  const kept: Advance = cleared === last.cleared ? nothing : { ...nothing, sequence: next(last, { cleared }) };
  if (!verdict.holds || !plan.repeatable || !cleared || isWaiting) return kept;
  const quietUntil = Math.max(last.lastMailAt ?? Number.NEGATIVE_INFINITY, last.endedAt) + plan.quietMs;
  if (nowMs < quietUntil) return { ...kept, lookAt: quietUntil };
  return firstStep(plan, begin(last.sequence + 1), nowMs);
}

function next(sequence: Sequence, change: Partial<Sequence>): Sequence {
  return { ...sequence, ...change, version: sequence.version + 1 };
}

function firstStep(plan: Plan, begun: Sequence, nowMs: number): Advance {
  const [, second] = stepDates(nowMs, plan.repeatDays, plan.timezone);
  const ended = second === undefined ? { endedAt: nowMs, endedReason: "completed" as const } : {};
  return { sequence: { ...begun, nextStep: 1, ...ended }, step: 0, lateSteps: [], lookAt: second ?? null };
}

function goOn(plan: Plan, active: Sequence, verdict: Verdict, nowMs: number, isWaiting: boolean): Advance {
  const reason = endOf(active, verdict, plan.join);
  if (reason !== undefined) {
    const sequence = next(active, { endedAt: nowMs, endedReason: reason, cleared: true });
    return { ...nothing, sequence };
  }
  const dates = stepDates(active.firstMatchAt, plan.repeatDays, plan.timezone);
  const due = dates.flatMap((at, step) => (step >= active.nextStep && at <= nowMs ? [step] : []));
  const step = due.at(-1);
  if (step === undefined) {
    const date = dates[active.nextStep];
    // The rule was given a shorter schedule meanwhile.
    if (date === undefined) return { ...nothing, sequence: next(active, { endedAt: nowMs, endedReason: "completed" }) };
    return { ...nothing, lookAt: date };
  }
  if (isWaiting) return nothing;
  const after = dates[step + 1];
  const ended = after === undefined ? { endedAt: nowMs, endedReason: "completed" as const } : {};
  return {
    sequence: next(active, { nextStep: step + 1, ...ended }),
    step,
    lateSteps: due.slice(0, -1),
    lookAt: after ?? null,
  };
}
