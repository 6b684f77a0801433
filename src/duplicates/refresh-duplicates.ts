// One run: read everybody, compare the new and the changed with all, store what is probable, close what is settled.
import { newId } from "../kernel/index.ts";
import { pairsOfConflicts, unscoredProposals } from "./identity-conflicts.ts";
import type { MatchedPair, MatchResult } from "./match-records.ts";
import { pairKey, type RunReport } from "./proposal.ts";
import { readEverybody } from "./read-everybody.ts";
import { chunksOf, type RefreshDeps, withoutSeparated } from "./refresh-deps.ts";
import { loadOpen, settleProposals } from "./settle-proposals.ts";
import { startMatching } from "./start-matching.ts";
import type { NewProposal, OpenPair } from "./store.ts";

const writeSize = 500;

function toProposal(pair: MatchedPair, isConflict: boolean, nowMs: number): NewProposal {
  return {
    id: newId(nowMs),
    profileA: pair.a,
    profileB: pair.b,
    source: isConflict ? "identity" : "matching",
    probability: pair.probability,
    weight: pair.weight,
    explanation: pair.explanation,
  };
}

function expectedPairs({ records, weights }: MatchResult): number {
  return Math.round((weights.matchShare * records * (records - 1)) / 2);
}

/**
 * Runs once. Pairs of two profiles that did not change since the last run are not compared again.
 *
 * @param signal ends the run
 * @throws {ClienteleError} `duplicates.tooLong`, `duplicates.failed`; nothing is lost: the next run compares the same profiles
 */
export async function refreshDuplicates(deps: RefreshDeps, signal: AbortSignal): Promise<RunReport> {
  const { store, clock, maxPairs, minProbability, timeoutMs } = deps;
  const startedAt = clock.now();
  const open = await loadOpen(store);
  const conflicts = pairsOfConflicts(deps.conflicts ? await deps.conflicts() : []);
  const missing = new Set([
    ...open.flatMap(({ profileA, profileB }) => [profileA, profileB]),
    ...[...conflicts.values()].flat(),
  ]);
  const matching = startMatching(timeoutMs);
  const stop = () => void matching.stop();
  signal.addEventListener("abort", stop);
  try {
    const read = await readEverybody(deps, matching, (id) => missing.delete(id), signal);
    const readAt = clock.now();
    const result = await matching.match({ minProbability, maxPairs, always: [...conflicts.values()] });
    const matchedAt = clock.now();

    const scored = new Set(result.pairs.map(({ a, b }) => pairKey(a, b)));
    const left = [...conflicts].flatMap(([key, pair]) =>
      scored.has(key) || pair.some((id) => missing.has(id)) ? [] : [pair],
    );
    const proposals = [
      ...result.pairs.map((pair) => toProposal(pair, conflicts.has(pairKey(pair.a, pair.b)), matchedAt)),
      ...unscoredProposals(left, matchedAt),
    ];
    let proposed = 0;
    for (const chunk of chunksOf(proposals, writeSize))
      proposed += await store.propose(await withoutSeparated(deps.separated, chunk), matchedAt);

    const isNew = (id: string) => read.changed.has(id) || read.dropped.has(id);
    const isStale = ({ profileA, profileB, source }: OpenPair) =>
      source === "matching" &&
      !result.isTruncated &&
      (isNew(profileA) || isNew(profileB)) &&
      !scored.has(pairKey(profileA, profileB));
    // Who was not read for lack of room is not missing.
    const closed = read.isTruncated
      ? { merged: 0, withdrawn: 0 }
      : await settleProposals(deps, open, missing, isStale, matchedAt);
    // Last: a run that fails before has compared nobody. Pairs that found no room are to be found again.
    const compared = result.isTruncated ? [] : [...read.changed];
    for (const chunk of chunksOf(compared, writeSize)) await store.writeFingerprints(chunk);
    return {
      profiles: read.profiles,
      compared: read.compared,
      changed: read.changed.size,
      isTruncated: read.isTruncated || result.isTruncated,
      candidates: result.candidates,
      found: result.pairs.length,
      proposed,
      ...closed,
      expectedPairs: expectedPairs(result),
      readMs: readAt - startedAt,
      matchMs: matchedAt - readAt,
      storeMs: clock.now() - matchedAt,
    };
  } finally {
    signal.removeEventListener("abort", stop);
    await matching.stop();
  }
}
