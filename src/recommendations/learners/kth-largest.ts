/** The value that `rank` − 1 others exceed or equal, by partition (Hoare); −∞ when there are fewer. @param values reordered */
export function kthLargest(values: Float32Array, count: number, rank: number): number {
  if (rank > count) return Number.NEGATIVE_INFINITY;
  let [low, high] = [0, count - 1];
  const target = rank - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] ?? 0;
    let [left, right] = [low, high];
    while (left <= right) {
      while ((values[left] ?? 0) > pivot) left += 1;
      while ((values[right] ?? 0) < pivot) right -= 1;
      if (left > right) break;
      const kept = values[left] ?? 0;
      values[left] = values[right] ?? 0;
      values[right] = kept;
      left += 1;
      right -= 1;
    }
    if (target <= right) high = right;
    else if (target >= left) low = left;
    else break;
  }
  return values[target] ?? Number.NEGATIVE_INFINITY;
}
