import type { Logger } from "../kernel/index.ts";
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

const flushMs = 1_000;
const flushAt = 1_000;
/** About 60 MB: a store that is away for long costs rows, never the program. */
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

/** Gathers impressions and writes them once a second; a full buffer drops the newest: a list never waits for its log. */
export function createImpressionLog(write: (rows: readonly object[]) => Promise<void>, logger: Logger) {
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
      .catch((error: unknown) => logger.error({ err: error, lists: rows.length }, "impressions lost"));
    return writing;
  };

  return {
    log: (impression: Impression): void => {
      if (waiting.length >= maxWaiting) {
        dropped += 1;
        return;
      }
      waiting.push(toRow(impression));
      if (waiting.length >= flushAt) void flush();
      else timer ??= setTimeout(() => void flush(), flushMs).unref();
    },
    dropped: (): number => dropped,
    /** Writes what waits. May be repeated. */
    flush,
  };
}
