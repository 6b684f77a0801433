import { sha256Hex } from "../kernel/index.ts";
import { type Feature, rankingFeatures } from "./features.data.ts";
import type { ListFacts } from "./list-facts.ts";

export type { Feature, FeatureGroup } from "./features.data.ts";
export { rankingFeatures } from "./features.data.ts";

/** Names in the order of a row. */
export const featureNames: readonly string[] = rankingFeatures.map(({ name }) => name);

/** Values of one candidate. */
export const rowWidth = featureNames.length;

/** Names the rows that are logged: a row of another set of features cannot be read by number. */
export const featureSet: string = sha256Hex(featureNames.join("\n")).slice(0, 12);

export const risingFeatures: readonly string[] = rankingFeatures
  .filter(({ isRising }) => isRising)
  .map(({ name }) => name);

/** Score of a list without a model, as a feature. */
export const plainFeature = "plain_score";

/**
 * Fills one row a candidate.
 *
 * @param values at least `list.count` × `rowWidth` long
 */
export function readFeatures(list: ListFacts, values: Float32Array): void {
  for (let feature = 0; feature < rowWidth; feature += 1) {
    const { read } = rankingFeatures[feature] as Feature;
    for (let at = 0, place = feature; at < list.count; at += 1, place += rowWidth) values[place] = read(list, at);
  }
}
