export const maxGrade = 3;

/**
 * NDCG of a list: linear gain grade / 3, unjudged products count 0, the ideal ranks all judged products (ranking.md 9.1).
 *
 * @param cutoff places that count, from the first
 * @returns 0 to 1; undefined when no product of the query has a positive grade
 */
export function ndcgOf(
  skus: readonly string[],
  grades: ReadonlyMap<string, number>,
  cutoff: number,
): number | undefined {
  const ideal = [...grades.values()].sort((a, b) => b - a);
  const best = discountedGain(ideal, cutoff);
  if (best === 0) return undefined;
  return (
    discountedGain(
      skus.map((sku) => grades.get(sku) ?? 0),
      cutoff,
    ) / best
  );
}

function discountedGain(grades: readonly number[], cutoff: number): number {
  return grades.slice(0, cutoff).reduce((sum, grade, at) => sum + grade / maxGrade / Math.log2(at + 2), 0);
}

/** Share of the first places that somebody has judged; 1 for an empty list. */
export function judgedShareOf(skus: readonly string[], grades: ReadonlyMap<string, number>, cutoff: number): number {
  const shown = skus.slice(0, cutoff);
  return shown.length === 0 ? 1 : shown.filter((sku) => grades.has(sku)).length / shown.length;
}
