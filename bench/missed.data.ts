/** Why a budget is missed and what was tried, by the name of the figure; shown in RESULTS.md while it is missed. */
export const missedNotes: Readonly<Record<string, string>> = {};
