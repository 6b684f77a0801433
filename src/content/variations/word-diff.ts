export type DiffPart = { readonly kind: "same" | "added" | "removed"; readonly text: string };

// Two thousand words each take four million cells; longer texts are shown whole.
const maxTokens = 2_000;
const tokensOf = (text: string) => text.match(/<[^>]*>|[\p{L}\p{N}]+|\s+|[^\p{L}\p{N}\s<]+|</gu) ?? [];

function push(parts: DiffPart[], kind: DiffPart["kind"], text: string): void {
  const last = parts.at(-1);
  if (last?.kind === kind) parts[parts.length - 1] = { kind, text: last.text + text };
  else parts.push({ kind, text });
}

/** What differs between two texts, word by word: the longest common run of words stays. */
export function wordDiff(before: string, after: string): readonly DiffPart[] {
  const [a, b] = [tokensOf(before), tokensOf(after)];
  const parts: DiffPart[] = [];
  if (a.length > maxTokens || b.length > maxTokens) {
    if (before !== "") push(parts, "removed", before);
    if (after !== "") push(parts, "added", after);
    return parts;
  }
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = a.length - 1; row >= 0; row -= 1)
    for (let column = b.length - 1; column >= 0; column -= 1)
      common[row * width + column] =
        a[row] === b[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
  let [row, column] = [0, 0];
  while (row < a.length || column < b.length) {
    const [left, right] = [a[row], b[column]];
    if (left !== undefined && left === right) {
      push(parts, "same", left);
      row += 1;
      column += 1;
    } else if (left !== undefined && (right === undefined || at(row + 1, column) >= at(row, column + 1))) {
      push(parts, "removed", left);
      row += 1;
    } else if (right !== undefined) {
      push(parts, "added", right);
      column += 1;
    }
  }
  return parts;
}
