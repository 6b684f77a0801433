import type { ReachClasses } from "./reach-classes.ts";

/** A rule and the tree of its products; null = all products. */
export type Placed<R> = { readonly rule: R; readonly tree: number | null };

type Input<R> = {
  /** In the order in which they run. */
  readonly placed: readonly Placed<R>[];
  readonly classes: Pick<ReachClasses, "of">;
  /** Whether a rule always stops what it reaches. */
  readonly isStopping: (rule: R) => boolean;
  /** Whether a stopping rule leaves a later one nothing where both reach. */
  readonly mayShadow: (earlier: R, later: R) => boolean;
  readonly turn: () => Promise<void>;
};

export type Shadowed<R> = {
  readonly rule: R;
  /** The one before it; undefined = several together. */
  readonly by: R | undefined;
};

/** Rules that are for all products and stop: a shop has few that are no mistake, and the first hides the others. */
const maxEverywhere = 50;

/** Rules of which every product is kept by an earlier one. */
export async function findShadowed<R>(input: Input<R>): Promise<readonly Shadowed<R>[]> {
  const { placed, classes, mayShadow, turn } = input;
  const everywhere: R[] = [];
  /** Stopping rules so far, by tree. */
  const byTree = new Map<number, R[]>();
  const found: Shadowed<R>[] = [];
  for (const { rule, tree } of placed) {
    await turn();
    const whole = everywhere.find((each) => mayShadow(each, rule));
    const by = whole ? [whole] : tree === null ? undefined : await stoppersOf(rule, tree);
    if (by && by.length > 0) found.push({ rule, by: by.length === 1 ? by[0] : undefined });
    if (!input.isStopping(rule)) continue;
    if (tree !== null) byTree.set(tree, [...(byTree.get(tree) ?? []), rule]);
    else if (everywhere.length < maxEverywhere) everywhere.push(rule);
  }
  return found;

  /** Rules of which one stops each class of products of a tree; undefined when one class is open. */
  async function stoppersOf(rule: R, tree: number): Promise<readonly R[] | undefined> {
    const by = new Set<R>();
    for (const { sure } of classes.of(tree)) {
      await turn();
      const known = [...by].find((each) => [...sure].some((own) => byTree.get(own)?.includes(each)));
      const stopping = known ?? firstOf(sure, rule);
      if (stopping === undefined) return undefined;
      by.add(stopping);
    }
    return [...by];
  }

  function firstOf(sure: ReadonlySet<number>, rule: R): R | undefined {
    for (const own of sure)
      for (const each of byTree.get(own) ?? []) if (each !== rule && mayShadow(each, rule)) return each;
    return undefined;
  }
}
