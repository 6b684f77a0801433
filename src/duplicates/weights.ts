// How likely it is that a pair is one person, from its levels of agreement (Fellegi, I. P., and Sunter, A. B. (1969), "A
// Theory for Record Linkage"): each field adds log2(m / u), m and u the probabilities of its level among pairs of one person
// and among unrelated pairs. Unlike theirs the model has a third kind of pair, two people of one household: they agree on
// what households share as one person does, and on first name, birth date and e-mail as strangers do. Non-goal: dependence
// between other fields; the probability of a pair that agrees on everything is only "very near to 1".
import { fields } from "./fields.data.ts";

/** By field and level (level 1 is at index 1; index 0, missing, is not used). */
export type LevelProbabilities = readonly (readonly number[])[];

export type Weights = {
  /** m */
  readonly match: LevelProbabilities;
  /** u; levels that are one shared value have a chance of their own for each value. */
  readonly chance: LevelProbabilities;
  /** Share of all pairs of records that are one person, and two people of one household. */
  readonly matchShare: number;
  readonly householdShare: number;
};

export type Score = {
  /** 0 to 1 */
  readonly probability: number;
  /** log2 of m / u over all fields. */
  readonly weight: number;
};

/** The chance that two strangers share a value is never taken for smaller: no single field may decide alone. */
export const smallestChance = 1e-6;

/** Weight in bits of one field at one level. @param chance u of this very pair */
export function fieldWeight(match: number, chance: number): number {
  return Math.log2(match / Math.max(chance, smallestChance));
}

/** @param bits weight of each field, 0 for a missing one */
export function scoreWeights(weights: Weights, bits: ArrayLike<number>): Score {
  let person = 0;
  let household = 0;
  for (let f = 0; f < fields.length; f += 1) {
    const weight = bits[f] ?? 0;
    person += weight;
    if (fields[f]?.shared) household += weight;
  }
  const { match, other } = oddsOf(weights, person, household);
  return { probability: match / (match + other), weight: person };
}

/** The three kinds of pair in proportion: one person against household and strangers. */
export function oddsOf(weights: Weights, person: number, household: number) {
  const match = weights.matchShare * 2 ** person;
  const inHousehold = weights.householdShare * 2 ** household;
  const strangers = Math.max(1 - weights.matchShare - weights.householdShare, 0.5);
  return { match, household: inHousehold, other: inHousehold + strangers };
}

/** What the estimation starts from. */
export function priorWeights(records: number): Weights {
  const pairs = Math.max(1, (records * (records - 1)) / 2);
  return {
    match: fields.map(({ levels }) => [0, ...levels.map(({ prior }) => prior)]),
    chance: fields.map(({ levels }) => [0, ...levels.map(({ chance }) => chance)]),
    matchShare: Math.min(0.2, (startingDuplicates * records) / pairs),
    householdShare: Math.min(0.2, (startingDuplicates * records) / pairs),
  };
}

/** Pairs of one person a record that the estimation starts with. */
const startingDuplicates = 0.02;
