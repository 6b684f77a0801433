import { newId } from "../kernel/index.ts";
import { type ProfilePair, pairKey } from "./proposal.ts";
import type { IdentityConflict } from "./refresh-deps.ts";
import type { NewProposal } from "./store.ts";

/** More are left for the next call: a flood of conflicts is one fault of a source, not that many decisions. */
const maxConflicts = 10_000;

/** Each reported pair once, by its key; the newest when there are too many. */
export function pairsOfConflicts(conflicts: readonly IdentityConflict[]): ReadonlyMap<string, ProfilePair> {
  return new Map(
    conflicts
      .slice(-maxConflicts)
      .filter(({ profileIds: [a, b] }) => a !== b)
      .map(({ profileIds: [a, b] }) => [pairKey(a, b), a < b ? [a, b] : [b, a]]),
  );
}

/** Proposals without a score, for pairs that there is too little to compare of, or that are not compared yet. */
export function unscoredProposals(pairs: Iterable<ProfilePair>, nowMs: number): readonly NewProposal[] {
  return Array.from(pairs, ([profileA, profileB]) => ({
    id: newId(nowMs),
    profileA,
    profileB,
    source: "identity" as const,
    probability: null,
    weight: null,
    explanation: null,
  }));
}
