import type { SendResult } from "../../connectors/index.ts";

/** One change of a copy, as it is told. */
export type ToldChange = {
  readonly op: "entered" | "exited";
  readonly namespace: string;
  readonly identifier: string;
  /** Absent where the person is gone. */
  readonly profileId?: string;
  /** Since when they are a member, ISO 8601. */
  readonly since: string;
  /** Version of the audience by which they entered. */
  readonly version: number;
  /** Ascending in the order of telling, with gaps: what was perhaps told before a crash is told again under new numbers. */
  readonly sequence: number;
};

export type Snapshot = {
  readonly runId: string;
  /** Number of the part, from 1. */
  readonly part: number;
};

export type DeliveryFacts = {
  /** The same for a repeat of the same request. */
  readonly deliveryId: string;
  readonly audience: { readonly id: string; readonly key: string };
  /** Part of a full copy; absent for changes. */
  readonly snapshot?: Snapshot;
  readonly at: number;
  readonly signal: AbortSignal;
};

/** The end of a full copy. */
export type SnapshotEnd = {
  readonly runId: string;
  readonly parts: number;
  /** Changes with a higher sequence apply on top of it. */
  readonly fromSequence: number;
  readonly audience: { readonly id: string; readonly key: string };
  readonly at: number;
  readonly signal: AbortSignal;
};

/** Where a copy is kept. No function throws: what goes wrong is a result. */
export type Target = {
  readonly send: (changes: readonly ToldChange[], facts: DeliveryFacts) => Promise<SendResult>;
  readonly finish: (end: SnapshotEnd) => Promise<SendResult>;
  readonly close: () => Promise<void>;
};
