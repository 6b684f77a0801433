// What somebody likes in the long run, from all that people did (ranking.md 5.4): EASE while its matrix fits, iALS above that.
import { type EaseSettings, learnEase } from "./ease.ts";
import { foldIn, type IalsSettings, type LearnedIals, learnIals, scoresOf } from "./ials.ts";
import { addRow, bestOf, bestScores, type ItemWeights } from "./item-weights.ts";
import { activeItems, onlyItems, type PersonItems, personCountOf } from "./person-items.ts";
import type { ScoredItem } from "./scored-item.ts";
import type { ItemNumbers } from "./session-log.ts";

/** Plain data: a worker can hand it over. */
export type LearnedTaste = {
  readonly personCount: number;
  /** The learner's item i is this number. */
  readonly items: Int32Array;
} & (
  | { readonly kind: "ease"; readonly weights: ItemWeights }
  | { readonly kind: "ials"; readonly factors: LearnedIals }
);

export type TasteSettings = {
  /** With more active items iALS takes over from EASE: the matrix takes 4 bytes × items². */
  readonly maxEaseItems: number;
  /** Items that fewer people did something with are not learned. */
  readonly minPeople: number;
  /** Scoring walks all of them: 20,000 with 64 dimensions take 2 ms. Of more, those of the most people are learned. */
  readonly maxItems: number;
  readonly ease: Partial<EaseSettings>;
  readonly ials: Partial<IalsSettings>;
};

const defaults: TasteSettings = {
  maxEaseItems: 10_000,
  minPeople: 3,
  maxItems: 20_000,
  ease: { regularisation: 200 },
  ials: {},
};

/** Takes minutes for large shops: run it in a worker. Repeatable. */
export function learnTaste(people: PersonItems, given: Partial<TasteSettings> = {}): LearnedTaste {
  const { maxEaseItems, minPeople, maxItems, ease, ials } = { ...defaults, ...given };
  const items = activeItems(people, minPeople, maxItems);
  const active = onlyItems(people, items);
  const learned = { personCount: personCountOf(active), items };
  return items.length <= maxEaseItems
    ? { ...learned, kind: "ease", weights: learnEase(active, ease) }
    : { ...learned, kind: "ials", factors: learnIals(active, ials) };
}

export type Taste = {
  /** People that were learned from. */
  readonly personCount: number;
  /** What goes with a history, best first: item → Σ of signal weights. Items of the history may be among it. @param limit default 100 */
  like(history: ReadonlyMap<string, number>, limit?: number): readonly ScoredItem[];
};

export function tasteOf(learned: LearnedTaste, numbers: ItemNumbers): Taste {
  const places = new Map([...learned.items].map((number, place) => [number, place]));
  const placesOf = (history: ReadonlyMap<string, number>): ReadonlyMap<number, number> =>
    new Map(
      [...history].flatMap(([name, weight]) => {
        const place = places.get(numbers.of(name));
        return place === undefined || !(weight > 0) ? [] : [[place, Math.log1p(weight)] as const];
      }),
    );
  const bestPlaces = (values: ReadonlyMap<number, number>, limit: number): readonly (readonly [number, number])[] => {
    if (learned.kind === "ials") {
      const vector = foldIn(learned.factors, Int32Array.from(values.keys()), Float32Array.from(values.values()));
      return bestScores(scoresOf(learned.factors, vector), limit);
    }
    const sums = new Map<number, number>();
    for (const [place, value] of values) addRow(learned.weights, place, value, sums);
    return bestOf(sums, limit);
  };
  return {
    personCount: learned.personCount,
    like: (history, limit = 100) => {
      const values = placesOf(history);
      if (values.size === 0) return [];
      return bestPlaces(values, limit).map(([place, score]) => ({
        item: numbers.names[learned.items[place] ?? -1] ?? "",
        score,
        because: "",
      }));
    },
  };
}
