import { findTerm, prefixRange, type TermDictionary, termAt } from "../indexing/term-dictionary.ts";

/** A term of the dictionary and its typing errors (`typingErrors`) from the word. */
export type NearTerm = { readonly term: string; readonly edits: number };

const maxWordLength = 40;

/**
 * All terms without digits within `maxEdits` typing errors of a word.
 *
 * Walks the sorted terms with the word's first letter as if they were a tree: rows of the distance table are kept for
 * the letters shared with the term before, and a whole run of terms is skipped as soon as their common beginning is too
 * far off. Words that differ in the first letter can only be one edit away, so they are looked up.
 */
export function findNearTerms(dictionary: TermDictionary, word: string, maxEdits: number): readonly NearTerm[] {
  if (maxEdits < 1 || word.length === 0 || word.length > maxWordLength) return [];
  const found = walk(dictionary, word, maxEdits);
  if (maxEdits > 1) found.push(...otherFirstLetter(dictionary, word));
  return found;
}

function walk(dictionary: TermDictionary, word: string, maxEdits: number): NearTerm[] {
  const width = word.length + 1;
  const longest = word.length + maxEdits;
  const rows = new Uint8Array((longest + 2) * width);
  for (let j = 0; j < width; j += 1) rows[j] = j;
  const found: NearTerm[] = [];
  const { from, to } = prefixRange(dictionary, word[0] ?? "");
  let previous = "";
  for (let at = from; at < to; ) {
    const term = termAt(dictionary, at);
    let depth = sharedLength(previous, term);
    let alive = true;
    while (depth < term.length && alive) {
      depth += 1;
      alive =
        depth <= longest && isLetter(term.charCodeAt(depth - 1)) && fillRow(rows, width, depth, term, word) <= maxEdits;
    }
    if (alive) {
      const edits = rows[term.length * width + word.length] ?? maxEdits + 1;
      if (edits > 0 && edits <= maxEdits) found.push({ term, edits });
      previous = term;
      at += 1;
    } else {
      const dead = term.slice(0, depth);
      previous = dead.slice(0, -1);
      at = Math.max(at + 1, prefixRange(dictionary, dead).to);
    }
  }
  return found;
}

/** Row `depth` of the table, for the term's letter at `depth`; returns its smallest cell. */
function fillRow(rows: Uint8Array, width: number, depth: number, term: string, word: string): number {
  const own = depth * width;
  const above = own - width;
  const letter = term.charCodeAt(depth - 1);
  const before = depth > 1 ? term.charCodeAt(depth - 2) : -1;
  rows[own] = depth;
  let smallest = depth;
  for (let j = 1; j < width; j += 1) {
    const typed = word.charCodeAt(j - 1);
    let cost = Math.min(
      (rows[above + j] ?? 0) + 1,
      (rows[own + j - 1] ?? 0) + 1,
      (rows[above + j - 1] ?? 0) + (typed === letter ? 0 : 1),
    );
    if (j > 1 && before === typed && word.charCodeAt(j - 2) === letter)
      cost = Math.min(cost, (rows[above - width + j - 2] ?? 0) + 1);
    rows[own + j] = cost;
    if (cost < smallest) smallest = cost;
  }
  return smallest;
}

function isLetter(code: number): boolean {
  return code < 48 || code > 57;
}

function sharedLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

/** Terms one edit away whose first letter differs: that edit counts as two. */
function otherFirstLetter(dictionary: TermDictionary, word: string): NearTerm[] {
  const rest = word.slice(1);
  const candidates = new Set<string>([rest, (word[1] ?? "") + (word[0] ?? "") + word.slice(2)]);
  for (const letter of firstLetters(dictionary)) {
    candidates.add(letter + rest);
    candidates.add(letter + word);
  }
  return [...candidates].flatMap((term) =>
    term !== "" && term[0] !== word[0] && isAllLetters(term) && findTerm(dictionary, term) >= 0
      ? { term, edits: 2 }
      : [],
  );
}

function isAllLetters(term: string): boolean {
  for (let at = 0; at < term.length; at += 1) if (!isLetter(term.charCodeAt(at))) return false;
  return true;
}

function* firstLetters(dictionary: TermDictionary): Iterable<string> {
  for (let at = 0; at < dictionary.size; ) {
    const letter = termAt(dictionary, at)[0] ?? "";
    if (isLetter(letter.charCodeAt(0))) yield letter;
    at = Math.max(at + 1, prefixRange(dictionary, letter).to);
  }
}
