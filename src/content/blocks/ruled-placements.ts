// Where blocks of cart price rules stand: what those rules need to know is looked up for these places only.
import type { LiveDefinition } from "../../definitions/index.ts";

type Placed = Pick<LiveDefinition<{ readonly placement: string }>, "body">;

type Deps = {
  /** What the answer depends on; each list is replaced whole when something in it changes. */
  readonly lists: () => readonly unknown[];
  /** Blocks and rotations that a cart price rule decides on. */
  readonly ruled: () => readonly Placed[];
};

/** @returns whether a cart price rule decides what is shown at one of these placements; without placements, at any */
export function createRuledPlacements({ lists, ruled }: Deps) {
  let known: readonly unknown[] = [];
  let placements: ReadonlySet<string> = new Set();
  return (asked?: readonly string[]): boolean => {
    const current = lists();
    if (current.length !== known.length || current.some((list, at) => list !== known[at])) {
      known = current;
      placements = new Set(ruled().map(({ body }) => body.placement));
    }
    return asked ? asked.some((placement) => placements.has(placement)) : placements.size > 0;
  };
}
