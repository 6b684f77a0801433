// What a learning of people takes and gives: flat arrays that travel between threads without a copy.
import {
  type LearnedBaskets,
  type LearnedTaste,
  learnBaskets,
  learnTaste,
  type PersonItems,
} from "./learners/index.ts";

/** Person p has the baskets `people[p] … people[p + 1]`, basket b the items `baskets[b] … baskets[b + 1]`. */
export type FlatBaskets = { readonly people: Int32Array; readonly baskets: Int32Array; readonly items: Int32Array };
export type LearnJob = { readonly interests: PersonItems; readonly baskets: FlatBaskets };
export type LearnedPersonal = { readonly taste: LearnedTaste; readonly baskets: LearnedBaskets };

function* unfold({ people, baskets, items }: FlatBaskets): Generator<readonly (readonly number[])[]> {
  for (let person = 0; person + 1 < people.length; person += 1) {
    const own: number[][] = [];
    for (let basket = people[person] ?? 0; basket < (people[person + 1] ?? 0); basket += 1)
      own.push([...items.subarray(baskets[basket] ?? 0, baskets[basket + 1] ?? 0)]);
    yield own;
  }
}

/** Nearest people that count (ranking.md 5.5); of few people a tenth, for all of them together only say what is popular. */
function neighboursOf(people: number): number {
  return Math.min(300, Math.max(20, Math.ceil(people / 10)));
}

/** Takes minutes for large shops. */
export function learnPersonal({ interests, baskets }: LearnJob): LearnedPersonal {
  const neighbours = neighboursOf(baskets.people.length - 1);
  return {
    taste: learnTaste(interests),
    baskets: learnBaskets(unfold(baskets), interests.itemCount, { neighbours }),
  };
}

/** The memory of everything in it that can change threads. */
export function buffersOf(value: unknown): readonly ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(buffersOf) : [];
}
