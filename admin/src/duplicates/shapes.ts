export const proposalStatuses = ["open", "merged", "dismissed", "withdrawn"] as const;
export type ProposalStatus = (typeof proposalStatuses)[number];

/** Two profiles that may be one person. */
export type Proposal = {
  readonly id: string;
  readonly profileA: string;
  readonly profileB: string;
  readonly source: "matching" | "identity";
  /** 0..1; null when there is too little to compare. */
  readonly probability: number | null;
  /** Bits. */
  readonly weight: number | null;
  /** As "surname nearly the same (0.94), +4.2"; the strongest first. */
  readonly reasons: readonly string[];
  readonly status: ProposalStatus;
  readonly foundAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly closedBy: string | null;
};

/** As the list has it; null: nothing is known to call it by, or the reader may not see personal data. */
export type ListedProposal = Proposal & { readonly nameA: string | null; readonly nameB: string | null };

export type ComparedField = {
  readonly field: string;
  readonly label: string;
  readonly a: string | null;
  readonly b: string | null;
  readonly agreement: string | null;
  readonly similarity: number | null;
  readonly weight: number | null;
  readonly text: string | null;
};

export type ProposalDetail = Proposal & {
  readonly isMasked: boolean;
  /** The survivor after a merge; null: gone. */
  readonly currentProfileA: string | null;
  readonly currentProfileB: string | null;
  readonly prior: number | null;
  readonly household: number | null;
  readonly fields: readonly ComparedField[];
};

export type DuplicateRun = {
  readonly id: string;
  readonly status: "running" | "done" | "failed";
  readonly startedBy: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly error: string | null;
  readonly report: {
    readonly profiles: number;
    readonly compared: number;
    readonly isTruncated: boolean;
    readonly found: number;
    readonly proposed: number;
  } | null;
};

export type DuplicateReport = {
  readonly counts: Readonly<Record<ProposalStatus, number>>;
  readonly openPerThousandProfiles: number | null;
  readonly mergedRatio: number | null;
  readonly lastRun: DuplicateRun | null;
  readonly runs: readonly DuplicateRun[];
};
