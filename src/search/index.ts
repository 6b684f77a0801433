export { type Analyzer, type AnalyzerOptions, normaliseWords } from "./analysis/analysis.ts";
export type { Highlight } from "./analysis/highlight.ts";
export type { TextMatch } from "./analysis/text-match.ts";
export { createSearch, type Search, type SearchDeps } from "./create-search.ts";
export type { FacetSetting } from "./facets/facet-setting.ts";
export type { Facet, FacetBucket, FacetChoice } from "./facets/facets.ts";
export { type Filter, type NumberRange, parseFilters } from "./facets/filter.ts";
export type { SearchableCatalog } from "./indexing/keep-index.ts";
export { plainText } from "./indexing/product-document.ts";
export { createWordCounter, type WeightedWords, type WordCounter } from "./indexing/product-words.ts";
export type { SynonymAlternative, Vocabulary } from "./planning/vocabulary.ts";
export type { Arrangement, Pin, RuleEffect } from "./ranking/arrangement.ts";
export { percentiles, type RankingSignal } from "./ranking/personal-rank.ts";
export type { CandidateList, RankingModel, Reorder, TextFeatures } from "./ranking/ranking-model.ts";
export type { VectorRecall } from "./retrieval/extend-by-meaning.ts";
export type {
  ItemExplanation,
  ItemReason,
  SearchItem,
  SearchRequest,
  SearchResult,
  SearchWarning,
} from "./search-types.ts";
export type { PopularQueries, PopularQuery, Suggestion } from "./suggest.ts";
