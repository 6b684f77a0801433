import { Type } from "typebox";
import type { DefinitionKind } from "../definitions/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import { normaliseWords } from "../search/index.ts";
import { limitFaults } from "./limit-faults.ts";

/** Words that mean the same to shoppers. Several words are a phrase; it is found beside what was typed, never instead. */
export type SynonymBody = {
  /** `one-way`: who types the keyword finds the expansions too; `two-way`: any of them finds all. */
  readonly type: "one-way" | "two-way";
  readonly keyword: string;
  readonly expansions: readonly string[];
};

const maxLiveSynonyms = 10_000;
const maxExpansions = 100;
/** Longer phrases would be compared at each word of a query for nothing. */
export const maxPhraseWords = 8;

const termSchema = Type.String({ minLength: 1, maxLength: 200 });

/** The definition kind `synonym`. */
export function createSynonymKind(): DefinitionKind<SynonymBody> {
  return {
    kind: "synonym",
    label: "Synonym",
    schema: Type.Object(
      {
        type: Type.Union([Type.Literal("one-way"), Type.Literal("two-way")]),
        keyword: termSchema,
        expansions: Type.Array(termSchema, { minItems: 1, maxItems: maxExpansions }),
      },
      { additionalProperties: false },
    ),
    check: ({ keyword, expansions }, context) => {
      const faults: ErrorDetail[] = [...limitFaults("synonym", maxLiveSynonyms, context)];
      const seen = new Set<string>();
      const terms = [keyword, ...expansions];
      for (const [index, term] of terms.entries()) {
        const path = index === 0 ? "/keyword" : `/expansions/${index - 1}`;
        const words = normaliseWords(term);
        const text = words.join(" ");
        if (words.length === 0) faults.push({ path, code: "empty", message: "has no letter or digit" });
        else if (words.length > maxPhraseWords)
          faults.push({ path, code: "tooLong", message: `a phrase has at most ${maxPhraseWords} words` });
        else if (seen.has(text)) faults.push({ path, code: "repeated", message: `${term} is there already` });
        seen.add(text);
      }
      return faults;
    },
  };
}
