import { Type } from "typebox";
import type { DefinitionKind } from "../definitions/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import { normaliseWords } from "../search/index.ts";
import { limitFaults } from "./limit-faults.ts";

/** Settings of search for some or all store views. Of several, stop words add up; else the narrowest scope counts, then the newest. */
export type SearchSettingsBody = {
  /** Single words left out of a query that has others, beside those of the language. */
  readonly stopWords?: readonly string[];
  /** What cannot be bought stands behind what can, in the order by relevance too. Default false. */
  readonly outOfStockLast?: boolean;
  /** Words and phrases that no suggestion may hold. */
  readonly neverSuggested?: readonly string[];
  /** How much a match in a field counts, 0 to 10; default name 3, SKU 6, brand 2, category 2, description 1. */
  readonly fieldWeights?: FieldWeights;
  /** How lists are ordered beyond text; absent = as it comes: all on. */
  readonly ranking?: RankingSwitches;
};

export const weightedFields = ["name", "sku", "brand", "category", "description"] as const;
export type FieldWeights = { readonly [field in (typeof weightedFields)[number]]?: number };

export type RankingSwitches = {
  /** Order by the shopper's taste and by popularity. */
  readonly isPersonal?: boolean;
  /** Order by the learned ranker once one has passed its gate. */
  readonly isLearned?: boolean;
  /** Not everything of one brand on top. */
  readonly isVaried?: boolean;
  /** One place in a list for products that few have seen yet, and one list in a hundred shuffled, so that the ranker learns. */
  readonly isExploring?: boolean;
};

const maxLiveSettings = 100;
const maxStopWords = 5_000;
const maxNeverSuggested = 2_000;

/** The definition kind `search-settings`. */
export function createSearchSettingsKind(): DefinitionKind<SearchSettingsBody> {
  return {
    kind: "search-settings",
    label: "Search settings",
    schema: Type.Object(
      {
        stopWords: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: maxStopWords })),
        outOfStockLast: Type.Optional(Type.Boolean({ default: false })),
        neverSuggested: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: maxNeverSuggested }),
        ),
        fieldWeights: Type.Optional(
          Type.Object(
            Object.fromEntries(
              weightedFields.map((field) => [field, Type.Optional(Type.Number({ minimum: 0, maximum: 10 }))]),
            ),
            { additionalProperties: false },
          ),
        ),
        ranking: Type.Optional(
          Type.Object(
            {
              isPersonal: Type.Optional(Type.Boolean({ default: true })),
              isLearned: Type.Optional(Type.Boolean({ default: true })),
              isVaried: Type.Optional(Type.Boolean({ default: true })),
              isExploring: Type.Optional(Type.Boolean({ default: true })),
            },
            { additionalProperties: false },
          ),
        ),
      },
      { additionalProperties: false },
    ),
    check: ({ stopWords = [] }, context) => {
      const faults: ErrorDetail[] = [...limitFaults("search-settings", maxLiveSettings, context)];
      for (const [index, word] of stopWords.entries()) {
        if (normaliseWords(word).length === 1) continue;
        faults.push({ path: `/stopWords/${index}`, code: "oneWord", message: `${word} is not one word` });
      }
      return faults;
    },
  };
}
