/**
 * Rows of event leaves as flat ascending numbers: time first, then the leaf's columns. The hash of a leaf with columns
 * ends in `/<stride>`, so that whoever only holds the rows can take them apart.
 */

/** Rows kept of one leaf; the oldest go first. A count cannot see further than that. */
const keptLeafRows = 1000;

/** Numbers in a row of the leaf with this hash. */
export function strideOfLeaf(hash: string): number {
  const at = hash.indexOf("/");
  return at === -1 ? 1 : Number(hash.slice(at + 1));
}

/** Puts rows of one time in their place among ascending rows. */
export function insertLeafRows(rows: readonly number[], added: readonly number[], stride: number): readonly number[] {
  const time = added[0] ?? 0;
  let at = rows.length;
  while (at > 0 && (rows[at - stride] ?? 0) > time) at -= stride;
  const all = at === rows.length ? [...rows, ...added] : [...rows.slice(0, at), ...added, ...rows.slice(at)];
  return keepNewest(all, stride);
}

/** Joins the rows of two profiles that turned out to be one person. */
export function mergeLeafRows(hash: string, a: readonly number[], b: readonly number[]): readonly number[] {
  const stride = strideOfLeaf(hash);
  const merged: number[] = [];
  let [left, right] = [0, 0];
  while (left < a.length || right < b.length) {
    const takesLeft = right >= b.length || (left < a.length && (a[left] ?? 0) <= (b[right] ?? 0));
    for (let column = 0; column < stride; column += 1)
      merged.push((takesLeft ? a[left + column] : b[right + column]) ?? 0);
    if (takesLeft) left += stride;
    else right += stride;
  }
  return keepNewest(merged, stride);
}

function keepNewest(rows: readonly number[], stride: number): readonly number[] {
  return rows.length > keptLeafRows * stride ? rows.slice(-keptLeafRows * stride) : rows;
}
