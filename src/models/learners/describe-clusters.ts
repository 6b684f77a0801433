// Groups of people in words: what most sets each apart from everybody.
import { features } from "../features/features.ts";
import type { Columns } from "../trees/bin-features.ts";
import { type ClusterModel, nearestCentre, scaledRow } from "./cluster-people.ts";

export type ClusterCard = {
  readonly id: string;
  /** As "many orders in 90 days, few days since the last order". */
  readonly label: string;
  readonly people: number;
  readonly share: number;
  /** Features that differ most, with the middle of the group and of everybody. */
  readonly differs: readonly {
    readonly feature: string;
    readonly sentence: string;
    readonly group: number | null;
    readonly all: number | null;
  }[];
};

const told = 4;
const labelled = 2;
/** Deviations from everybody that are worth a word. */
const leastDifference = 0.3;

function middleOf(values: readonly number[]): number | null {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}

function degree(difference: number, unit: string): string {
  const strong = Math.abs(difference) >= 1;
  if (unit === "money" || unit === "share" || unit === "ratio")
    return difference > 0 ? (strong ? "very high" : "high") : strong ? "very low" : "low";
  return difference > 0 ? (strong ? "very many" : "many") : strong ? "very few" : "few";
}

export function describeClusters(model: ClusterModel, columns: Columns): readonly ClusterCard[] {
  const total = columns[0]?.length ?? 0;
  const group = Int32Array.from({ length: total }, (_, row) =>
    nearestCentre(
      model.centres,
      scaledRow(model, (feature) => columns[feature]?.[row] ?? Number.NaN),
    ),
  );
  return model.ids.map((id, at): ClusterCard => {
    const rows = [...group.keys()].filter((row) => group[row] === at);
    const ranked = (model.centres[at] ?? [])
      .map((difference, feature) => ({ difference, feature }))
      .filter(({ difference }) => Math.abs(difference) >= leastDifference)
      .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference) || a.feature - b.feature);
    const phrases = ranked.slice(0, told).map(({ difference, feature }) => {
      const name = model.features[feature] ?? "";
      const known = features.find((each) => each.name === name);
      const phrase = `${degree(difference, known?.unit ?? "count")} ${known?.label ?? name}`;
      const own = middleOf(rows.map((row) => columns[feature]?.[row] ?? Number.NaN));
      const all = middleOf([...(columns[feature] ?? [])]);
      return { name, phrase, own, all };
    });
    return {
      id,
      label:
        phrases
          .slice(0, labelled)
          .map(({ phrase }) => phrase)
          .join(", ") || "like everybody",
      people: rows.length,
      share: total === 0 ? 0 : rows.length / total,
      differs: phrases.map(({ name, phrase, own, all }) => ({ feature: name, sentence: phrase, group: own, all })),
    };
  });
}
