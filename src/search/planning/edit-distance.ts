/** Typing errors allowed in a word: none below four letters, one up to seven, two from eight. */
export function allowedEdits(word: string): number {
  return word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
}

/**
 * Damerau–Levenshtein distance, optimal string alignment: insertions, deletions, replacements and swaps of neighbours,
 * no part of a word edited twice.
 */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  let before = new Array<number>(width).fill(0);
  let last = Array.from({ length: width }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j < width; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Edits with the rule that a first letter is rarely mistaken: a different one costs one more. */
export function typingErrors(typed: string, meant: string): number {
  return editDistance(typed, meant) + (typed[0] === meant[0] ? 0 : 1);
}
