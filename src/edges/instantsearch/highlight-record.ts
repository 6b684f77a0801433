// Marks what matched in the texts of a record, in the form of Algolia: the raw text with tags of the client's choice.
import type { ProductRecord, RecordValue } from "./to-record.ts";

export type HighlightedValue = {
  readonly value: string;
  readonly matchLevel: "none" | "partial" | "full";
  readonly fullyHighlighted?: boolean;
  readonly matchedWords: readonly string[];
};
export type Highlighted = HighlightedValue | readonly Highlighted[] | { readonly [name: string]: Highlighted };

export type Marking = {
  /** Folded words of the query. */
  readonly queryWords: readonly string[];
  /** Folded words of this record that the search matched. */
  readonly matched: ReadonlySet<string>;
  readonly preTag: string;
  readonly postTag: string;
};

const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
const maxText = 10_000;
const maxEntries = 100;

const plainWord = /^[a-z0-9]*$/;

export function foldWord(word: string): string {
  const lower = word.toLowerCase();
  // Most words; decomposing costs ten times as much.
  if (plainWord.test(lower)) return lower;
  return word
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
}

export function wordsOf(text: string): readonly string[] {
  return (text.slice(0, 512).match(wordPattern) ?? []).map(foldWord);
}

/** Texts of the fields that were asked for; `*` = all texts. */
export function highlightRecord(
  record: ProductRecord,
  wanted: readonly string[],
  marking: Marking,
): Record<string, Highlighted> {
  const all = wanted.includes("*");
  const named = new Set(wanted.map((name) => name.split(".")[0]));
  const entries = Object.entries(record).flatMap(([name, value]): readonly (readonly [string, Highlighted])[] => {
    if (name === "objectID" || !(all || named.has(name))) return [];
    const marked = highlightValue(value, marking);
    return marked === undefined ? [] : [[name, marked]];
  });
  return Object.fromEntries(entries);
}

function highlightValue(value: RecordValue, marking: Marking): Highlighted | undefined {
  if (typeof value === "string") return highlightText(value, marking);
  // Numbers too, as the protocol does: a shopper may look for a size.
  if (typeof value === "number") return highlightText(String(value), marking);
  if (value === null || typeof value === "boolean") return undefined;
  if (Array.isArray(value)) return value.slice(0, maxEntries).map((each: string) => highlightText(each, marking));
  return Object.fromEntries(
    Object.entries(value).map(([name, list]) => [
      name,
      list.slice(0, maxEntries).map((each: string) => highlightText(each, marking)),
    ]),
  );
}

type Mark = { readonly start: number; readonly end: number };

function marksOf(text: string, marking: Marking): { readonly marks: readonly Mark[]; readonly words: number } {
  const marks: Mark[] = [];
  let words = 0;
  for (const match of text.matchAll(wordPattern)) {
    words += 1;
    const folded = foldWord(match[0]);
    if (!marking.matched.has(folded)) continue;
    marks.push({ start: match.index, end: match.index + markedLength(match[0], folded, marking.queryWords) });
  }
  return { marks, words };
}

/** Of a word that begins with what was typed, only that beginning is marked. */
function markedLength(word: string, folded: string, queryWords: readonly string[]): number {
  if (folded.length !== word.length || queryWords.includes(folded)) return word.length;
  const typed = queryWords.filter((each) => folded.startsWith(each)).sort((a, b) => b.length - a.length)[0];
  return typed?.length ?? word.length;
}

export function highlightText(given: string, marking: Marking): HighlightedValue {
  const text = given.slice(0, maxText);
  const { marks, words } = marksOf(text, marking);
  return { value: withTags(text, marks, marking), ...levelOf(text, marks, words, marking) };
}

function withTags(text: string, marks: readonly Mark[], { preTag, postTag }: Marking): string {
  // A client that asks for HTML inserts the answer as HTML; one with tags of its own escapes the texts itself.
  const show = preTag.startsWith("<") ? escapeHtml : (part: string) => part;
  let html = "";
  let at = 0;
  for (const { start, end } of marks) {
    html += `${show(text.slice(at, start))}${preTag}${show(text.slice(start, end))}${postTag}`;
    at = end;
  }
  return html + show(text.slice(at));
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

function levelOf(
  text: string,
  marks: readonly Mark[],
  words: number,
  { queryWords }: Marking,
): Omit<HighlightedValue, "value"> {
  if (marks.length === 0) return { matchLevel: "none", matchedWords: [] };
  const found = marks.map(({ start, end }) => foldWord(text.slice(start, end)));
  const matchedWords = queryWords.filter((word) => found.includes(word));
  return {
    matchLevel: matchedWords.length === queryWords.length ? "full" : "partial",
    fullyHighlighted: marks.length === words,
    matchedWords,
  };
}

/** `attribute:words` → the words around the first match. */
export function snippetRecord(
  record: ProductRecord,
  wanted: readonly string[],
  marking: Marking,
  ellipsis: string,
): Record<string, HighlightedValue> {
  const entries = wanted.flatMap((each): readonly (readonly [string, HighlightedValue])[] => {
    const [name = "", count] = each.split(":");
    const names = name === "*" ? Object.keys(record) : [name];
    const words = Math.min(1_000, Math.max(1, Number(count ?? 10) || 10));
    return names.flatMap((own): readonly (readonly [string, HighlightedValue])[] => {
      const value = Object.hasOwn(record, own) && own !== "objectID" ? record[own] : undefined;
      return typeof value === "string" ? [[own, snippet(value, words, marking, ellipsis)]] : [];
    });
  });
  return Object.fromEntries(entries);
}

function snippet(given: string, count: number, marking: Marking, ellipsis: string): HighlightedValue {
  const text = given.slice(0, maxText);
  const words = [...text.matchAll(wordPattern)];
  if (words.length <= count) return highlightText(text, marking);
  const first = words.findIndex((match) => marking.matched.has(foldWord(match[0])));
  const start = Math.max(0, Math.min(first < 0 ? 0 : first - Math.floor(count / 3), words.length - count));
  const [from, last] = [words[start], words[start + count - 1]];
  const part = text.slice(start === 0 ? 0 : (from?.index ?? 0), last ? last.index + last[0].length : text.length);
  const marked = highlightText(part, marking);
  const isCutBehind = start + count < words.length;
  return { ...marked, value: `${start > 0 ? ellipsis : ""}${marked.value}${isCutBehind ? ellipsis : ""}` };
}
