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
const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

type Span = { readonly start: number; readonly end: number };

/** Marks matches of one query; remembers the words it has seen, since the products of a page share most of them. */
export type Highlighter = {
  /** The text with its matches marked, cut around the first when it is long; undefined when there is none. */
  readonly highlight: (attribute: string, text: string) => Highlight | undefined;
};

/** @param terms index terms that the query matched */
export function createHighlighter(terms: ReadonlySet<string>, analyzer: Analyzer): Highlighter {
  const isMatchByWord = new Map<string, boolean>();

  function isMatch(word: string): boolean {
    const known = isMatchByWord.get(word);
    if (known !== undefined) return known;
    let found = false;
    analyzer.indexTerms(word, (term) => {
      found ||= terms.has(term);
    });
    isMatchByWord.set(word, found);
    return found;
  }

  function matchingSpans(text: string): Span[] {
    const spans: Span[] = [];
    wordPattern.lastIndex = 0;
    for (let match = wordPattern.exec(text); match; match = wordPattern.exec(text)) {
      if (isMatch(match[0])) spans.push({ start: match.index, end: wordPattern.lastIndex });
    }
    return spans;
  }

  return {
    highlight(attribute, fullText) {
      const text = fullText.length > maxText ? fullText.slice(0, maxText) : fullText;
      const spans = matchingSpans(text);
      const first = spans[0];
      if (!first) return undefined;
      const from = text.length <= snippetLength ? 0 : wordStart(text, Math.max(0, first.start - snippetLength / 4));
      const to = wordEnd(text, Math.min(text.length, from + snippetLength));
      const matchedWords = [...new Set(spans.map(({ start, end }) => text.slice(start, end)))].slice(0, 20);
      return {
        attribute,
        value: (from > 0 ? "…" : "") + mark(text, spans, from, to) + (to < text.length ? "…" : ""),
        matchedWords,
      };
    },
  };
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

function wordStart(text: string, at: number): number {
  const space = at === 0 ? -1 : text.indexOf(" ", at);
  return at === 0 ? 0 : space < 0 || space > at + 20 ? at : space + 1;
}

function wordEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const space = text.indexOf(" ", at);
  return space < 0 || space > at + 20 ? at : space;
}
