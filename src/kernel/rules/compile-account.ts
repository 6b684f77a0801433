/** Event leaves with `account`: judged for each member of the profile's accounts. */
import type { EventLeaf } from "./grammar.ts";
import type { Frame, RuleSubject } from "./subject.ts";

/** What an event leaf is for the subject of the frame. */
export type Judged = {
  readonly test: (frame: Frame) => boolean;
  readonly next: (frame: Frame) => number;
  readonly observed: (frame: Frame) => unknown;
};

/** Of these members the leaf is true for some, and for all; `next` is when either can change. */
type Outcome = {
  readonly now: number;
  readonly some: boolean;
  readonly every: boolean;
  readonly someNext: number;
  readonly everyNext: number;
};

/** Explanations show so many members. */
const maxObserved = 200;
const nobody: readonly RuleSubject[] = [];

/**
 * Any true, none true, or all true of at least one. What is seen is a list with a value for each member.
 *
 * Members that come as the same array at the same time are judged once: an account of ten thousand would otherwise cost ten thousand
 * judgements for each of its ten thousand members.
 */
export function overAccount(account: EventLeaf["account"], judged: Judged): Judged {
  if (account === undefined) return judged;
  const known = new WeakMap<readonly RuleSubject[], Outcome>();
  const outcomeOf = (frame: Frame): Outcome => {
    const members = frame.subject.accountMembers?.() ?? nobody;
    const before = known.get(members);
    if (before?.now === frame.now) return before;
    const outcome = judgeMembers(frame, members, judged);
    known.set(members, outcome);
    return outcome;
  };
  return {
    test: (frame) => {
      const { some, every } = outcomeOf(frame);
      return account === "all" ? every : some === (account === "any");
    },
    next: (frame) => outcomeOf(frame)[account === "all" ? "everyNext" : "someNext"],
    observed: (frame) => {
      const members = (frame.subject.accountMembers?.() ?? nobody).slice(0, maxObserved);
      return forEach(frame, members, judged.observed);
    },
  };
}

/**
 * One true member keeps "some" true, and one false member keeps "every" false, whatever the others do: the last of them decides when
 * that can change. Waiting for the first of all instead would wake a whole account whenever anybody's window moves.
 */
function judgeMembers(frame: Frame, members: readonly RuleSubject[], judged: Judged): Outcome {
  const never = Number.POSITIVE_INFINITY;
  let [firstNext, lastTrue, lastFalse] = [never, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [some, every] = [false, members.length > 0];
  forEach(frame, members, (own) => {
    const truth = judged.test(own);
    const next = judged.next(own);
    firstNext = Math.min(firstNext, next);
    if (truth) [some, lastTrue] = [true, Math.max(lastTrue, next)];
    else [every, lastFalse] = [false, Math.max(lastFalse, next)];
  });
  return {
    now: frame.now,
    some,
    every,
    someNext: some ? lastTrue : firstNext,
    everyNext: every || members.length === 0 ? firstNext : lastFalse,
  };
}

function forEach<T>(frame: Frame, members: readonly RuleSubject[], judge: (frame: Frame) => T): readonly T[] {
  const { subject } = frame;
  try {
    return members.map((member) => {
      frame.subject = member;
      return judge(frame);
    });
  } finally {
    frame.subject = subject;
  }
}
