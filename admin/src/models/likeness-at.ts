import type { SizeStep } from "./read-report.ts";

/** Between measured sizes on a straight line; null outside of them. */
export function likenessAt(sizes: readonly SizeStep[], share: number): number | null {
  const known = sizes.flatMap((size) => (size.likeness === null ? [] : { share: size.share, likeness: size.likeness }));
  const sorted = known.sort((a, b) => a.share - b.share);
  const after = sorted.find((size) => size.share >= share - 1e-9);
  const before = sorted.findLast((size) => size.share <= share + 1e-9);
  if (!after || !before) return null;
  const part = after.share === before.share ? 0 : (share - before.share) / (after.share - before.share);
  return before.likeness + part * (after.likeness - before.likeness);
}
