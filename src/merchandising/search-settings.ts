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
};

const maxLiveSettings = 100;
const maxStopWords = 5_000;

/** The definition kind `search-settings`. */
export function createSearchSettingsKind(): DefinitionKind<SearchSettingsBody> {
  return {
    kind: "search-settings",
    label: "Search settings",
    schema: Type.Object(
      {
        stopWords: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: maxStopWords })),
        outOfStockLast: Type.Optional(Type.Boolean({ default: false })),
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
