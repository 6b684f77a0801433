import type { Logger } from "../kernel/index.ts";

/** One shown decision, as it was made: needed for every later evaluation. */
export type Exposure = {
  readonly decisionId: string;
  readonly at: number;
  readonly placement: string;
  readonly kind: string;
  readonly definitionId: string;
  readonly definitionVersion: number;
  readonly profileId: string;
  readonly identityKey: string;
  readonly storeView: string;
  readonly skus: readonly string[];
  readonly scores: readonly number[];
  /** Probability with which the policy chose what was shown, 0 to 1. */
  readonly propensity: number;
  readonly policy: string;
  readonly reasons: readonly string[];
};

const flushMs = 1_000;
const maxWaiting = 50_000;
const flushAt = 5_000;

/**
 * Gathers exposures and writes them once a second. A full buffer drops the newest and counts them: a decision must never
 * wait for the log.
 */
export function createExposureLog(write: (rows: readonly object[]) => Promise<void>, logger: Logger) {
  let waiting: object[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const rows = waiting;
    waiting = [];
    if (rows.length === 0) return writing;
    writing = writing
      .then(() => write(rows))
      .catch((error: unknown) => logger.error({ err: error, exposures: rows.length }, "exposures lost"));
    return writing;
  };

  return {
    log: (exposure: Exposure): void => {
      if (waiting.length >= maxWaiting) {
        dropped += 1;
        return;
      }
      waiting.push({
        decision_id: exposure.decisionId,
        ts: exposure.at,
        placement: exposure.placement,
        kind: exposure.kind,
        definition_id: exposure.definitionId,
        definition_version: exposure.definitionVersion,
        profile_id: exposure.profileId,
        identity_key: exposure.identityKey,
        store_view: exposure.storeView,
        skus: exposure.skus,
        scores: exposure.scores,
        propensity: exposure.propensity,
        policy: exposure.policy,
        reasons: exposure.reasons,
      });
      if (waiting.length >= flushAt) void flush();
      else timer ??= setTimeout(() => void flush(), flushMs);
    },
    dropped: () => dropped,
    close: async (): Promise<void> => {
      await flush();
      await writing;
    },
  };
}
