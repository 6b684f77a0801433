import type { QueryPlan } from "../planning/query-plan.ts";
import { coverageFactor, inverseDocumentFrequency, k1 } from "./bm25f.ts";
import { highestNameFactor } from "./name-bonus.ts";

/** A little above what a document can score at most: every word in its best form, without end to its occurrences. */
export function highestScore({ slots, bridges = [] }: QueryPlan, size: number): number {
  const ofTerm = (weight: number, documents: number) => weight * inverseDocumentFrequency(size, documents) * (k1 + 1);
  let sum = 0;
  for (const { alternatives } of slots)
    sum += alternatives.reduce((most, { weight, documents }) => Math.max(most, ofTerm(weight, documents)), 0);
  for (const { weight, terms } of bridges)
    sum += terms.reduce((total, { documents }) => total + ofTerm(weight, documents), 0);
  return (sum * coverageFactor(1, 1) * highestNameFactor + 1e-6) * 1.001;
}
