import type { Explanation } from "./explanation.ts";

export const proposalStatuses = ["open", "merged", "dismissed", "withdrawn"] as const;
/**
 * `open` waits for somebody; `merged` and `dismissed` are decided; `withdrawn` is closed by the program: a profile vanished, or the
 * two no longer look alike.
 */
export type ProposalStatus = (typeof proposalStatuses)[number];

export type Proposal = {
  readonly id: string;
  readonly profileA: string;
  readonly profileB: string;
  /** Found by comparing profiles, or reported by identity stitching. */
  readonly source: "matching" | "identity";
  /** 0 to 1; null when identity reported the pair and there is too little to compare. */
  readonly probability: number | null;
  /** Bits of evidence. */
  readonly weight: number | null;
  readonly explanation: Explanation | null;
  readonly status: ProposalStatus;
  readonly foundAt: number;
  readonly updatedAt: number;
  readonly closedAt: number | null;
  readonly closedBy: string | null;
};

export type ProfilePair = readonly [profileA: string, profileB: string];

/** One pair is one text, whatever the order. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** Numbers of one run; durations in milliseconds. */
export type RunReport = {
  readonly profiles: number;
  /** Profiles with enough to compare. */
  readonly compared: number;
  /** Those of them that are new or changed since the run before. */
  readonly changed: number;
  /** More profiles than one run takes, or more pairs than one run keeps. */
  readonly isTruncated: boolean;
  readonly candidates: number;
  /** Pairs over the threshold. */
  readonly found: number;
  readonly proposed: number;
  readonly merged: number;
  readonly withdrawn: number;
  /** Pairs of one person that the model expects in all, found or not. */
  readonly expectedPairs: number;
  readonly readMs: number;
  readonly matchMs: number;
  readonly storeMs: number;
};

export type Run = {
  readonly id: string;
  readonly status: "running" | "done" | "failed";
  readonly startedBy: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly report: RunReport | null;
  readonly error: string | null;
};
