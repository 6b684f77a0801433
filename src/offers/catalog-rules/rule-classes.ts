/**
 * Sets of rules that reach the same products, numbered: 0 is the empty set. A catalog has few of them, whatever its size, so
 * what follows from a set, such as its chain of prices, is worked out once.
 */
export type RuleClasses = {
  /** Places of the rules of a class, ascending. */
  readonly placesOf: (number: number) => readonly number[];
  readonly numberOf: (places: readonly number[]) => number;
  /** The class with one more rule, whose place is above all of the class. */
  readonly withPlace: (number: number, place: number) => number;
  readonly size: () => number;
};

export function createRuleClasses(): RuleClasses {
  const classes: (readonly number[])[] = [[]];
  const numberByKey = new Map<string, number>([["", 0]]);
  const numberOf = (places: readonly number[]): number => {
    const key = places.join(",");
    const known = numberByKey.get(key);
    if (known !== undefined) return known;
    numberByKey.set(key, classes.length);
    return classes.push(places) - 1;
  };
  return {
    placesOf: (number) => classes[number] ?? [],
    numberOf,
    withPlace: (number, place) => numberOf([...(classes[number] ?? []), place]),
    size: () => classes.length,
  };
}
