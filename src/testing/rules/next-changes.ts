import type { CompiledRule } from "../../kernel/rules/compile.ts";
import type { RuleSubject } from "../../kernel/rules/subject.ts";

type Walk = {
  readonly from: number;
  readonly to: number;
  /** The clock is read so often, and in the two milliseconds before and after each of these readings. */
  readonly stepMs: number;
  /** Further instants to look at, each with its neighbours. */
  readonly edges?: readonly number[];
};

const maxHops = 2_000;

/**
 * Steps a clock over a rule and compares with the instants that the rule names: between two of them nothing may change.
 *
 * @returns how often the truth changed
 * @throws where it changed before the instant that was named, or where a name lies in the past
 */
export function expectNoChangeBetween(
  rule: CompiledRule,
  subjectAt: (nowMs: number) => RuleSubject,
  { from, to, stepMs, edges = [] }: Walk,
): number {
  const readings = new Set<number>();
  const look = (at: number): void => {
    for (const ms of [at - 2, at - 1, at, at + 1, at + 2]) if (ms >= from && ms <= to) readings.add(ms);
  };
  // Data lies on whole steps, so that what follows from it does.
  for (let at = Math.ceil(from / stepMs) * stepMs; at <= to; at += stepMs) look(at);
  for (const at of edges) look(at);
  const truthAt = (now: number): boolean => rule.test(subjectAt(now), now);
  let now = from;
  let truth = truthAt(now);
  let next = rule.nextChangeAt(subjectAt(now), now) ?? Number.POSITIVE_INFINITY;
  let changes = 0;
  let hops = 0;
  for (const reading of [...readings].sort((a, b) => a - b)) {
    while (next <= reading) {
      hops += 1;
      if (next <= now) throw new Error(`at ${now} the next change is named as ${next}`);
      if (hops > maxHops) throw new Error(`more than ${maxHops} changes are named from ${from} to ${to}`);
      now = next;
      const before = truth;
      truth = truthAt(now);
      if (truth !== before) changes += 1;
      next = rule.nextChangeAt(subjectAt(now), now) ?? Number.POSITIVE_INFINITY;
    }
    if (truthAt(reading) !== truth) {
      throw new Error(`at ${now} the next change is named as ${next}, but it is ${!truth} at ${reading}`);
    }
  }
  return changes;
}
