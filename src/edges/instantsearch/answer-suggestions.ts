// An index whose name ends in `suggestions` holds texts to search for, as Algolia's Query Suggestions make one.
import type { Search } from "../../search/index.ts";
import type { QueryAnswer } from "./answer-query.ts";
import { highlightText, wordsOf } from "./highlight-record.ts";
import { type RawParams, readSearchParams } from "./search-params.ts";

export function isSuggestionsIndex(name: string): boolean {
  return /(?:^|[_-])suggestions$/.test(name);
}

/** Nothing below two characters: what everybody searches for is not told without a beginning. */
export function answerSuggestions(suggest: Search["suggest"], index: string, raw: RawParams): QueryAnswer {
  const params = readSearchParams(raw);
  const { highlightPreTag: preTag, highlightPostTag: postTag, query, hitsPerPage } = params;
  const queryWords = wordsOf(query);
  const texts = suggest(query, Math.min(50, Math.max(1, hitsPerPage))).flatMap(({ kind, text }) =>
    kind === "query" ? [text] : [],
  );
  const hits = texts.slice(0, hitsPerPage).map((text) => {
    const matched = wordsOf(text).filter((word) => queryWords.some((each) => word.startsWith(each)));
    const marking = { queryWords, matched: new Set(matched), preTag, postTag };
    return { objectID: text, query: text, _highlightResult: { query: highlightText(text, marking) } };
  });
  return {
    hits,
    nbHits: hits.length,
    page: 0,
    nbPages: hits.length === 0 ? 0 : 1,
    hitsPerPage,
    exhaustiveNbHits: false,
    query,
    params: "",
    index,
    processingTimeMS: 1,
  };
}
