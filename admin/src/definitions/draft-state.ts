type Versions = {
  readonly draftStatus?: "draft" | "in_review" | null;
  readonly draftVersion: number | null;
  readonly liveVersion: number | null;
};

/** Whether there is something newer than what is live. */
export function hasDraft({ draftStatus, draftVersion, liveVersion }: Versions): boolean {
  if (draftStatus !== undefined) return draftStatus !== null;
  return draftVersion !== null && draftVersion !== liveVersion;
}
