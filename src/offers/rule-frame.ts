// Where, for whom and when a price rule is: two rules meet, or one is for all that the other is for.

type Names = Iterable<string> | null;

export type RuleFrame = {
  /** Null = all. */
  readonly websites: Names;
  readonly groups: Names;
  readonly storeViews: Names;
  /** First and last local day, as days since 1970-01-01, both inclusive; infinite = open. */
  readonly fromDay: number;
  readonly toDay: number;
  readonly fromMs: number;
  readonly toMs: number;
};

function includesAll(outer: Names, inner: Names): boolean {
  if (outer === null) return true;
  if (inner === null) return false;
  const names = new Set(outer);
  return [...inner].every((name) => names.has(name));
}

function meets(a: Names, b: Names): boolean {
  if (a === null || b === null) return true;
  const names = new Set(a);
  return [...b].some((name) => names.has(name));
}

/** Whether all that `inner` is for, from today on, is what `outer` is for, too. */
export function frameCovers(outer: RuleFrame, inner: RuleFrame, today: number): boolean {
  return (
    includesAll(outer.websites, inner.websites) &&
    includesAll(outer.groups, inner.groups) &&
    includesAll(outer.storeViews, inner.storeViews) &&
    Math.max(outer.fromDay, today) <= Math.max(inner.fromDay, today) &&
    outer.toDay >= inner.toDay &&
    outer.fromMs <= inner.fromMs &&
    outer.toMs >= inner.toMs
  );
}

/** Whether there is somebody, today or later, whom both are for. */
export function framesMeet(a: RuleFrame, b: RuleFrame, today: number): boolean {
  return (
    meets(a.websites, b.websites) &&
    meets(a.groups, b.groups) &&
    meets(a.storeViews, b.storeViews) &&
    Math.max(a.fromDay, b.fromDay, today) <= Math.min(a.toDay, b.toDay) &&
    Math.max(a.fromMs, b.fromMs) < Math.min(a.toMs, b.toMs)
  );
}
