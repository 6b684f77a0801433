export { type Analyzer, type AnalyzerOptions, normaliseWords } from "./analysis.ts";
export type { Arrangement, Pin, RuleEffect } from "./arrangement.ts";
export { createSearch, type Search, type SearchDeps } from "./create-search.ts";
export type { VectorRecall } from "./extend-by-meaning.ts";
export type { FacetSetting } from "./facet-setting.ts";
export type { Facet, FacetBucket, FacetChoice } from "./facets.ts";
export { type Filter, type NumberRange, parseFilters } from "./filter.ts";
export type { Highlight } from "./highlight.ts";
export type { SearchableCatalog } from "./keep-index.ts";
export { percentiles, type RankingSignal } from "./personal-rank.ts";
export { plainText } from "./product-document.ts";
export { createWordCounter, type WeightedWords, type WordCounter } from "./product-words.ts";
export type { CandidateList, RankingModel, Reorder, TextFeatures } from "./ranking-model.ts";
export type {
  ItemExplanation,
  ItemReason,
  SearchItem,
  SearchRequest,
  SearchResult,
  SearchWarning,
} from "./search-types.ts";
export type { PopularQueries, PopularQuery, Suggestion } from "./suggest.ts";
export type { TextMatch } from "./text-match.ts";
export type { SynonymAlternative, Vocabulary } from "./vocabulary.ts";
