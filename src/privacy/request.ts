import type { Person } from "../profiles/index.ts";

/**
 * What becomes of a person: `delete` everything but the money facts of orders; `delete_and_suppress` the same, and drop later events
 * with their identifiers; `suppress` drops later events only; `anonymise` keeps the behaviour as well, without the person.
 */
export type ErasureMode = "delete" | "delete_and_suppress" | "suppress" | "anonymise";
export const erasureModes = ["delete", "delete_and_suppress", "suppress", "anonymise"] as const;

/** `partial`: a step failed after something was erased; it is tried again. `invalid`: there is no such person. */
export type RequestStatus = "initialized" | "running" | "partial" | "finished" | "failed" | "invalid";
export const requestStatuses = ["initialized", "running", "partial", "finished", "failed", "invalid"] as const;

/** Steps in order; each may be repeated. */
export const erasureSteps = ["find", "hold", "records", "events", "scrub", "done"] as const;
export type ErasureStep = (typeof erasureSteps)[number];

export type PrivacyRequest = {
  readonly requestId: string;
  readonly mode: ErasureMode;
  readonly status: RequestStatus;
  readonly step: ErasureStep;
  readonly profileId: string | null;
  /** Present while the request runs. */
  readonly person: Person | null;
  /** Rows deleted or changed, by part. */
  readonly counts: Readonly<Record<string, number>>;
  readonly reason: string;
  readonly requestedBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt: number | null;
  readonly attempts: number;
  readonly errorCode: string | null;
};
