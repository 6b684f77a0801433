import type { LiveDefinition } from "../definitions/index.ts";
import type { Decider, PlacedBody } from "./decider.ts";

export type PlacedCandidate = { readonly decider: Decider; readonly definition: LiveDefinition<PlacedBody> };

/**
 * Candidates of every placement, best priority first. Built again only when a list of live definitions is replaced: the
 * lists are immutable, so identity tells.
 */
export function createCandidateIndex(deciders: readonly Decider[]) {
  let lists: readonly (readonly LiveDefinition<PlacedBody>[])[] = [];
  let byPlacement = new Map<string, PlacedCandidate[]>();

  const refresh = (): void => {
    const current = deciders.map((decider) => decider.candidates());
    if (current.length === lists.length && current.every((list, index) => list === lists[index])) return;
    lists = current;
    byPlacement = new Map();
    for (const [index, list] of current.entries()) {
      const decider = deciders[index];
      if (!decider) continue;
      for (const definition of list) {
        const placed = byPlacement.get(definition.body.placement);
        if (placed) placed.push({ decider, definition });
        else byPlacement.set(definition.body.placement, [{ decider, definition }]);
      }
    }
    for (const placed of byPlacement.values()) {
      placed.sort(
        (a, b) =>
          a.definition.body.priority - b.definition.body.priority || (a.definition.key < b.definition.key ? -1 : 1),
      );
    }
  };

  return {
    of: (placement: string): readonly PlacedCandidate[] => {
      refresh();
      return byPlacement.get(placement) ?? [];
    },
    /** Every placement that has a live candidate, with the kinds that serve it. */
    placements: (): readonly { readonly placement: string; readonly kinds: readonly string[] }[] => {
      refresh();
      return [...byPlacement]
        .map(([placement, placed]) => ({
          placement,
          kinds: [...new Set(placed.map((candidate) => candidate.decider.kind))],
        }))
        .sort((a, b) => (a.placement < b.placement ? -1 : 1));
    },
  };
}
