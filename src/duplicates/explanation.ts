// Why a pair is proposed, in numbers that add up and without anybody's data: values are looked up when somebody may see them.
import { jaroWinkler } from "./compare-text.ts";
import { type FieldName, fields } from "./fields.data.ts";
import type { FieldAgreement } from "./score-pair.ts";
import { oddsOf, type Weights } from "./weights.ts";

export type ExplainedField = {
  readonly field: FieldName;
  /** Code of the level of agreement. */
  readonly agreement: string;
  /** Jaro-Winkler similarity, 0 to 1, where the values are texts that differ. */
  readonly similarity: number | null;
  /** Bits for (+) or against (−) one person. */
  readonly weight: number;
  /** For people: "surname nearly the same (0.94), +4.2". */
  readonly text: string;
};

/** `prior` + the weights of all fields − `household` = log2 of the odds for one person. */
export type Explanation = {
  /** Bits before anything is compared: true pairs are rare among all pairs. */
  readonly prior: number;
  /** Bits taken away because two people of one household look alike. */
  readonly household: number;
  readonly fields: readonly ExplainedField[];
};

const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));
const textFields = new Set<FieldName>(["givenName", "surname", "street", "addressLine2"]);

/** @param textAt the folded text of a field of one of the two, for its similarity */
export function explainPair(
  agreements: readonly FieldAgreement[],
  weights: Weights,
  textAt: (side: "a" | "b", field: FieldName) => string,
): Explanation {
  let household = 0;
  for (const { field, weight } of agreements) if (fields[field]?.shared) household += weight;
  const { other } = oddsOf(weights, 0, household);
  const explained = agreements.flatMap(({ field, level, weight }): ExplainedField[] => {
    const known = fields[field];
    const agreement = known?.levels[level - 1];
    if (known === undefined || agreement === undefined) return [];
    const similarity =
      textFields.has(known.name) && !agreement.exact && agreement.code !== "swapped"
        ? rounded(jaroWinkler(textAt("a", known.name), textAt("b", known.name)))
        : null;
    const shown = similarity === null ? "" : ` (${similarity.toFixed(2)})`;
    const text = `${known.label} ${agreement.label}${shown}, ${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(1)}`;
    return [{ field: known.name, agreement: agreement.code, similarity, weight: rounded(weight), text }];
  });
  return {
    prior: rounded(Math.log2(weights.matchShare)),
    household: rounded(Math.log2(other)),
    fields: explained.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
  };
}
