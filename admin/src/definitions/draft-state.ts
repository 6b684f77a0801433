/** Whether there is a version that is not published. */
export function hasDraft({ draftStatus }: { readonly draftStatus: "draft" | "in_review" | null }): boolean {
  return draftStatus !== null;
}
