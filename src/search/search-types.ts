import type { ProductPrices } from "../catalog/index.ts";
import type { Money } from "../kernel/index.ts";
import type { Highlight } from "./analysis/highlight.ts";
import type { FacetSetting } from "./facets/facet-setting.ts";
import type { Facet } from "./facets/facets.ts";
import type { Filter } from "./facets/filter.ts";
import type { Vocabulary } from "./planning/vocabulary.ts";
import type { Arrangement, RuleEffect } from "./ranking/arrangement.ts";
import type { RankingSignal, SignalEffect } from "./ranking/personal-rank.ts";
import type { RankingModel, Reorder } from "./ranking/ranking-model.ts";
import type { TextExplanation } from "./retrieval/explain-score.ts";
import type { FieldWeights } from "./retrieval/weigh-fields.ts";

export type SearchRequest = {
  /** What the shopper typed; empty or absent = browse. Cut at 255 characters. */
  readonly q?: string;
  readonly filters?: readonly Filter[];
  /** Lists this category and its descendants only. */
  readonly categoryPath?: string;
  /** Lists these SKUs only, whatever their categories, as a category does: for categories that a rule builds. */
  readonly only?: ReadonlySet<string>;
  /** Attribute codes, `categories`, `price`; `*` chooses. Default none. */
  readonly facets?: readonly string[];
  /** E.g. `price:asc,name`; default relevance, without a query the merchandising order. */
  readonly sort?: string;
  /** 1 to 200, default 24. */
  readonly limit?: number;
  /** 0 to 10,000. */
  readonly offset?: number;
  /** Whose language is searched; default the shop's. */
  readonly storeView?: string;
  /** What products cost the visitor: shown, filtered, counted and sorted by. Default: what the catalog says. */
  readonly prices?: ProductPrices;
  /** Takes the last word for the beginning of one. */
  readonly asYouType?: boolean;
  /** Changes the default order within its bounds; other orders ignore it. */
  readonly signals?: readonly RankingSignal[];
  /** Replaces the order by signals where it can judge the list. */
  readonly model?: RankingModel;
  readonly arrangement?: Arrangement;
  readonly reorder?: Reorder;
  readonly vocabulary?: Vocabulary;
  /** Default: those that ship. The same object for the same weights, so that what follows from them is made once. */
  readonly fieldWeights?: FieldWeights;
  /** Of facets that are asked for; default: chosen from the data. */
  readonly facetSettings?: readonly FacetSetting[];
  readonly explain?: boolean;
};

export type ItemReason = { readonly code: string; readonly text: string };

export type ItemExplanation = {
  readonly score: number;
  /** Text score divided by the list's highest; 1 while browsing. */
  readonly base: number;
  readonly text?: TextExplanation;
  readonly signals: readonly SignalEffect[];
  /** Named or numbered exactly as typed: neither signals nor a model put others before it. */
  readonly isExact: boolean;
  /** Cosine of the learned vectors of query and product: it matches by meaning alone, behind all that match by words. */
  readonly meaning?: number;
  /** What the model said; it then stands in place of base and signals. */
  readonly model?: number;
  /** Factor of the merchandiser's rules, all together. */
  readonly factor: number;
  readonly effects: readonly RuleEffect[];
  readonly isPinned: boolean;
};

export type SearchItem = {
  readonly sku: string;
  readonly name: string;
  readonly url: string;
  readonly image: string | null;
  readonly price: Money | null;
  readonly finalPrice: Money | null;
  readonly rating: { readonly average: number; readonly count: number } | null;
  readonly inStock: boolean;
  readonly brand?: string;
  /** The variant whose SKU was typed. */
  readonly matchedVariant?: string;
  /** What the default order goes by: 1 for the best text match, times the factors of the signals. */
  readonly score: number;
  /** Chance with which it came to its place; 1 = no chance in it. */
  readonly propensity: number;
  readonly highlights: readonly Highlight[];
  readonly reasons: readonly ItemReason[];
  readonly explain?: ItemExplanation;
};

export type SearchWarning = { readonly code: "unknownFilter" | "narrowed" | "queryCut"; readonly message: string };

export type SearchResult = {
  readonly items: readonly SearchItem[];
  /** All products that match, not only the page. */
  readonly total: number;
  readonly facets: readonly Facet[];
  readonly suggestions: readonly string[];
  readonly didYouMean?: string;
  readonly correctedQuery?: string;
  readonly warnings: readonly SearchWarning[];
  /** With no result: how many products each filter alone keeps away. */
  readonly relaxations: readonly { readonly attribute: string; readonly total: number }[];
};
