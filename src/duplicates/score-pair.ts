import type { PairComparison } from "./compare-pair.ts";
import { fields } from "./fields.data.ts";
import { fieldWeight, type Score, scoreWeights, type Weights } from "./weights.ts";

/** What one field says; `level` counts from 1, `weight` in bits. */
export type FieldAgreement = { readonly field: number; readonly level: number; readonly weight: number };

/** Scores pairs of records of one table by their numbers. */
export function createScorer({ compare, chance }: PairComparison, weights: Weights) {
  const levels = new Uint8Array(fields.length);
  const bits = new Float64Array(fields.length);
  const weigh = (a: number, b: number): void => {
    compare(a, b, levels);
    for (let f = 0; f < fields.length; f += 1) {
      const level = levels[f] ?? 0;
      if (level === 0) {
        bits[f] = 0;
        continue;
      }
      const isExact = fields[f]?.levels[level - 1]?.exact === true;
      const ofStrangers = isExact ? chance(f, level, a, b) : (weights.chance[f]?.[level] ?? 1);
      bits[f] = fieldWeight(weights.match[f]?.[level] ?? 0, ofStrangers);
    }
  };
  return {
    score: (a: number, b: number): Score => {
      weigh(a, b);
      return scoreWeights(weights, bits);
    },
    /** The score with what each field says. */
    inFull: (a: number, b: number): Score & { readonly agreements: readonly FieldAgreement[] } => {
      weigh(a, b);
      const agreements = [...levels].flatMap((level, field) =>
        level === 0 ? [] : [{ field, level, weight: bits[field] ?? 0 }],
      );
      return { ...scoreWeights(weights, bits), agreements };
    },
  };
}
