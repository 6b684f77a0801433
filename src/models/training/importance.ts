// What a model goes by, in words: how much worse it gets when the values of a feature are dealt out anew among people.

import { createRandom } from "../../kernel/index.ts";
import { features } from "../features/features.ts";
import { areaUnderCurve, rankCorrelation } from "../metrics.ts";
import type { Columns } from "../trees/bin-features.ts";
import { rawScore, type ScoreModel } from "./score-model.ts";

export type Importance = { readonly feature: string; readonly share: number; readonly sentence: string };

const maxRows = 3_000;
/** Less than that is noise. */
const leastShare = 0.005;

/** What rises with the score. */
export type Direction = { readonly more: string };

function sentenceOf(label: string, unit: string, direction: number, { more }: Direction, share: number): string {
  const much = unit === "share" || unit === "ratio" ? ["higher", "lower"] : ["more", "fewer"];
  const word = unit === "money" ? ["higher", "lower"] : much;
  const part = `${Math.round(share * 100)} % of what the model goes by`;
  // A feature that pulls both ways has no direction worth telling.
  if (Math.abs(direction) < 0.1) return `${capital(label)} matters together with other facts; ${part}`;
  const compared = direction > 0 ? word[0] : word[1];
  return unit === "days" || unit === "count"
    ? `The ${compared} ${label}, the ${more}; ${part}`
    : `The ${compared} the ${label}, the ${more}; ${part}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Most important first; shares of all that is lost, 0..1. */
export function importanceOf(
  model: ScoreModel,
  columns: Columns,
  outcome: Float64Array,
  direction: Direction,
  seed: number,
): readonly Importance[] {
  const rows = Math.min(outcome.length, maxRows);
  const step = outcome.length / Math.max(1, rows);
  const places = Int32Array.from({ length: rows }, (_, at) => Math.floor(at * step));
  const wanted = Float64Array.from(places, (row) => outcome[row] ?? 0);
  const quality = (scores: Float64Array): number =>
    (model.meaning.kind === "probability" ? areaUnderCurve(scores, wanted) : rankCorrelation(scores, wanted)) ?? 0;
  const scoresWith = (dealt: number, order: Int32Array): Float64Array =>
    Float64Array.from(places, (row, at) =>
      rawScore(
        model,
        (feature) => columns[feature]?.[feature === dealt ? (places[order[at] ?? at] ?? row) : row] ?? Number.NaN,
      ),
    );
  const plain = Int32Array.from(places, (_, at) => at);
  const scores = scoresWith(-1, plain);
  const best = quality(scores);
  const random = createRandom(seed);
  const used = new Set([
    ...(model.trees?.trees.flatMap((tree) => tree.feature) ?? []),
    ...(model.linear?.inputs.map(({ feature }) => feature) ?? []),
  ]);
  const lost = model.features.map((_, feature) => {
    const order = plain.slice();
    for (let at = order.length - 1; at > 0; at -= 1) {
      const other = Math.floor(random() * (at + 1));
      const kept = order[at] ?? 0;
      order[at] = order[other] ?? 0;
      order[other] = kept;
    }
    return used.has(feature) ? Math.max(0, best - quality(scoresWith(feature, order))) : 0;
  });
  const total = lost.reduce((sum, each) => sum + each, 0);
  return lost
    .flatMap((each, place): Importance[] => {
      const { name, label, unit } = features.find((known) => known.name === model.features[place]) ?? {
        name: model.features[place] ?? "",
        label: model.features[place] ?? "",
        unit: "count" as const,
      };
      const share = total === 0 ? 0 : each / total;
      if (share < leastShare) return [];
      const values = Float64Array.from(places, (row) => columns[place]?.[row] ?? Number.NaN);
      const known = plain.filter((at) => !Number.isNaN(values[at] ?? Number.NaN));
      const pulls =
        rankCorrelation(
          Float64Array.from(known, (at) => values[at] ?? 0),
          Float64Array.from(known, (at) => scores[at] ?? 0),
        ) ?? 0;
      return [{ feature: name, share, sentence: sentenceOf(label, unit, pulls, direction, share) }];
    })
    .sort((a, b) => b.share - a.share || (a.feature < b.feature ? -1 : 1));
}
