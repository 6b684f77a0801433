// Scores of everybody, written where they changed: page by page, each in a short transaction of its own, so that audiences react and
// the event path waits for nobody.
import { setImmediate as nextTurn } from "node:timers/promises";
import { ClienteleError } from "../../kernel/index.ts";
import type { Prediction, ProfileRow, StateChange } from "../../profiles/index.ts";
import type { ServingModel } from "./read-artefacts.ts";
import { changesOf, type ScoreOptions, scoreProfile, withChanges } from "./score-profile.ts";

export type WriteDeps = ScoreOptions & {
  readonly scan: (afterId: string | null, limit: number) => Promise<readonly ProfileRow[]>;
  readonly count: () => Promise<number>;
  /** Changes profiles in a transaction of their own and judges them; false when another writer was faster. */
  readonly reevaluate: (profileIds: ReadonlySet<string>, change: StateChange) => Promise<boolean>;
};

const pageSize = 500;
const maxAttempts = 10;

/** @returns number of profiles written */
export async function writeScores(
  deps: WriteDeps,
  models: readonly ServingModel[],
  nowMs: number,
  isOurs: (trait: string, prediction: Prediction) => boolean,
  progress: (done: number, total: number) => Promise<void>,
): Promise<number> {
  const total = await deps.count();
  let [done, written] = [0, 0];
  for (let afterId: string | null = null; ; ) {
    const rows: readonly ProfileRow[] = await deps.scan(afterId, pageSize);
    const changes = new Map<string, Readonly<Record<string, Prediction | null>>>();
    for (const [at, { profileId, state }] of rows.entries()) {
      const scores = scoreProfile(models, profileId, state, nowMs, deps);
      const change = changesOf(state.predictions, scores, isOurs);
      if (change) changes.set(profileId, change);
      if (at % 50 === 49) await nextTurn();
    }
    if (changes.size > 0) await writeChanges(deps, changes);
    written += changes.size;
    done += rows.length;
    await progress(done, total);
    if (rows.length < pageSize) return written;
    afterId = rows.at(-1)?.profileId ?? null;
  }
}

async function writeChanges(
  deps: WriteDeps,
  changes: ReadonlyMap<string, Readonly<Record<string, Prediction | null>>>,
): Promise<void> {
  const change: StateChange = (profileId, state) => {
    const own = changes.get(profileId);
    return own ? { ...state, predictions: withChanges(state.predictions, own) } : state;
  };
  for (let attempt = 1; !(await deps.reevaluate(new Set(changes.keys()), change)); attempt += 1) {
    if (attempt >= maxAttempts)
      throw new ClienteleError(
        "models.failed",
        `profiles changed ${maxAttempts} times while scores were put into them`,
      );
    await nextTurn();
  }
}
