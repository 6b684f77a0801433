import { createBatchLog, type Logger } from "../kernel/index.ts";
import type { Chance } from "./reorder.ts";

/** One list as it was shown. */
export type Impression = {
  readonly decisionId: string;
  readonly at: number;
  readonly identityKey: string;
  readonly kind: "search" | "category";
  /** The normalised query, or the path of the category. */
  readonly subject: string;
  readonly storeView: string;
  readonly isMobile: boolean;
  readonly isKnown: boolean;
  /** Arm of an experiment on lists; empty = none. */
  readonly arm: string;
  readonly policy: string;
  /** 1-based place of the first product in the whole list. */
  readonly firstSlot: number;
  readonly skus: readonly string[];
  readonly scores: readonly number[];
  readonly propensities: readonly number[];
  readonly chances: readonly Chance[];
  readonly featureSet: string;
  /** One row a product. */
  readonly features: Float32Array;
};

const flushAt = 1_000;
/** About 60 MB. */
const maxWaiting = 10_000;

export function encodeFeatures(features: Float32Array): string {
  return Buffer.from(features.buffer, features.byteOffset, features.byteLength).toString("base64");
}

/** @returns as many values as `count`; undefined when there are others */
export function decodeFeatures(text: string, count: number): Float32Array | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== count * 4) return undefined;
  const values = new Float32Array(count);
  for (let at = 0; at < count; at += 1) values[at] = bytes.readFloatLE(at * 4);
  return values;
}

function toRow(impression: Impression): object {
  return {
    identity_key: impression.identityKey,
    ts: impression.at,
    decision_id: impression.decisionId,
    list_kind: impression.kind,
    subject: impression.subject,
    store_view: impression.storeView,
    device: impression.isMobile ? "mobile" : "desktop",
    is_known: Number(impression.isKnown),
    arm: impression.arm,
    policy: impression.policy,
    first_slot: impression.firstSlot,
    skus: impression.skus,
    scores: impression.scores,
    propensities: impression.propensities,
    chances: impression.chances,
    feature_set: impression.featureSet,
    features: encodeFeatures(impression.features),
  };
}

export function createImpressionLog(write: (rows: readonly object[]) => Promise<void>, logger: Logger) {
  const rows = createBatchLog({ write, logger, what: "impressions", maxWaiting, flushAt });
  return { ...rows, log: (impression: Impression): void => rows.log(() => toRow(impression)) };
}
