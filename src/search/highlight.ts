import type { Analyzer } from "./analysis.ts";

export type Highlight = {
  readonly attribute: string;
  /** HTML: the text escaped, matches in `<em>`. */
  readonly value: string;
  readonly matchedWords: readonly string[];
};

const snippetLength = 160;
const maxText = 20_000;
const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

type Span = { readonly start: number; readonly end: number };

function matchingSpans(text: string, terms: ReadonlySet<string>, analyzer: Analyzer): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(wordPattern)) {
    let hit = false;
    analyzer.indexTerms(match[0], (term) => {
      hit ||= terms.has(term);
    });
    if (hit) spans.push({ start: match.index, end: match.index + match[0].length });
  }
  return spans;
}

function mark(text: string, spans: readonly Span[], from: number, to: number): string {
  let html = "";
  let at = from;
  for (const { start, end } of spans) {
    if (start < from || end > to) continue;
    html += `${escapeHtml(text.slice(at, start))}<em>${escapeHtml(text.slice(start, end))}</em>`;
    at = end;
  }
  return html + escapeHtml(text.slice(at, to));
}

/** Marks the words of a text that the query matched; undefined when there is none. Long texts are cut around the first match. */
export function highlight(attribute: string, fullText: string, terms: ReadonlySet<string>, analyzer: Analyzer): Highlight | undefined {
  const text = fullText.slice(0, maxText);
  const spans = matchingSpans(text, terms, analyzer);
  const first = spans[0];
  if (!first) return undefined;
  const from = text.length <= snippetLength ? 0 : wordStart(text, Math.max(0, first.start - snippetLength / 4));
  const to = wordEnd(text, Math.min(text.length, from + snippetLength));
  const matchedWords = [...new Set(spans.map(({ start, end }) => text.slice(start, end)))].slice(0, 20);
  return { attribute, value: (from > 0 ? "…" : "") + mark(text, spans, from, to) + (to < text.length ? "…" : ""), matchedWords };
}

function wordStart(text: string, at: number): number {
  const space = at === 0 ? -1 : text.indexOf(" ", at);
  return at === 0 ? 0 : space < 0 || space > at + 20 ? at : space + 1;
}

function wordEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const space = text.indexOf(" ", at);
  return space < 0 || space > at + 20 ? at : space;
}
