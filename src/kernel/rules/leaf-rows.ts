/**
 * Rows of event leaves as flat ascending numbers: time first, then the leaf's columns. The hash of a leaf with columns
 * ends in `/<stride>`, so that whoever only holds the rows can take them apart. Rows of one time are ordered by their columns: which
 * rows are the newest does not depend on the order in which events arrived.
 */
import { compareRows } from "./event-order.ts";

/** Rows kept of one leaf; the oldest go first. A count cannot see further than that. */
export const keptLeafRows = 1000;

/** Numbers in a row of the leaf with this hash. */
export function strideOfLeaf(hash: string): number {
  const at = hash.indexOf("/");
  return at === -1 ? 1 : Number(hash.slice(at + 1));
}

/** Puts rows of one time in their place among ascending rows. */
export function insertLeafRows(rows: readonly number[], added: readonly number[], stride: number): readonly number[] {
  let all = rows;
  for (let row = 0; row < added.length; row += stride) {
    let at = all.length;
    while (at > 0 && compareRows(all, at - stride, added, row, stride) > 0) at -= stride;
    const own = added.slice(row, row + stride);
    all = at === all.length ? [...all, ...own] : [...all.slice(0, at), ...own, ...all.slice(at)];
  }
  return keepNewest(all, stride);
}

/** Rows in any order, ascending; the newest ones. */
export function sortLeafRows(rows: readonly number[], stride: number): readonly number[] {
  if (stride === 1)
    return keepNewest(
      [...rows].sort((a, b) => a - b),
      1,
    );
  const places = Array.from({ length: rows.length / stride }, (_, row) => row * stride);
  places.sort((a, b) => compareRows(rows, a, rows, b, stride));
  return places.slice(-keptLeafRows).flatMap((at) => rows.slice(at, at + stride));
}

/** Joins the rows of two profiles that turned out to be one person. */
export function mergeLeafRows(hash: string, a: readonly number[], b: readonly number[]): readonly number[] {
  const stride = strideOfLeaf(hash);
  const merged: number[] = [];
  let [left, right] = [0, 0];
  while (left < a.length || right < b.length) {
    const takesLeft = right >= b.length || (left < a.length && compareRows(a, left, b, right, stride) <= 0);
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
