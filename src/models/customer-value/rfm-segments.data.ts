import type { RfmScores } from "./rfm.ts";

/** The eleven named segments, the best first. Labels are for people; keys are what rules compare with. */
export const rfmSegments = [
  { key: "champions", label: "Champions", means: "Bought lately, often, and for much." },
  { key: "loyal", label: "Loyal", means: "Buy regularly and for good amounts." },
  { key: "potential_loyalists", label: "Potential loyalists", means: "Bought lately and more than a little." },
  { key: "new_customers", label: "New customers", means: "Bought very lately, and little so far." },
  { key: "promising", label: "Promising", means: "Bought not long ago, and little so far." },
  { key: "need_attention", label: "Need attention", means: "Middling in everything, and not seen for a while." },
  { key: "about_to_sleep", label: "About to sleep", means: "Bought little, and some time ago." },
  { key: "at_risk", label: "At risk", means: "Bought often or for much, but not for long." },
  { key: "cannot_lose", label: "Cannot lose", means: "Were among the best, and have not come back." },
  { key: "hibernating", label: "Hibernating", means: "Bought rather little, and very long ago." },
  { key: "lost", label: "Lost", means: "Lowest in everything." },
] as const;

export type RfmSegment = (typeof rfmSegments)[number]["key"];

/** By recency (row, 5 to 1) and the mean of frequency and money (column, 1 to 5). */
const grid: readonly (readonly RfmSegment[])[] = [
  ["new_customers", "potential_loyalists", "potential_loyalists", "champions", "champions"],
  ["promising", "potential_loyalists", "loyal", "loyal", "champions"],
  ["promising", "need_attention", "need_attention", "loyal", "loyal"],
  ["about_to_sleep", "about_to_sleep", "at_risk", "at_risk", "at_risk"],
  ["lost", "hibernating", "at_risk", "cannot_lose", "cannot_lose"],
];

/** The segment of scores from 1 to 5; halves of the mean round down. */
export function segmentOf({ r, f, m }: RfmScores): RfmSegment {
  return grid[5 - r]?.[Math.floor((f + m) / 2) - 1] ?? "lost";
}
