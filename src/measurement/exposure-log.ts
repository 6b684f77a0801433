import { createBatchLog, type Logger } from "../kernel/index.ts";

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

const maxWaiting = 50_000;
const flushAt = 5_000;

function toRow(exposure: Exposure): object {
  return {
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
  };
}

export function createExposureLog(write: (rows: readonly object[]) => Promise<void>, logger: Logger) {
  const rows = createBatchLog({ write, logger, what: "exposures", maxWaiting, flushAt });
  return { ...rows, log: (exposure: Exposure): void => rows.log(() => toRow(exposure)) };
}
