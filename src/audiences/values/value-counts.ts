import { foldText, scalarText } from "../../kernel/rules/index.ts";

/** `count` = how many of what was looked at have the value; absent where a value is simply known. */
export type KnownValue = { readonly value: string; readonly label?: string; readonly count?: number };

/** Longer ones are texts, not values that somebody chooses. */
const maxLength = 200;
const maxOfOne = 100;

/** The texts of a value of an attribute: one of a scalar, each of a list. */
export function textsOf(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value.slice(0, maxOfOne) : [value];
  return all.flatMap((each) => {
    const text = scalarText(each)?.trim() ?? "";
    return text === "" || text.length > maxLength ? [] : [text];
  });
}

/** Counts who has a value; of one subject each value counts once. */
export function createValueCounts(maxValues: number) {
  const counts = new Map<string, number>();
  return {
    add: (value: unknown): void => {
      for (const text of new Set(textsOf(value))) {
        const count = counts.get(text);
        // Values that come late are rare ones: what is there keeps its place.
        if (count !== undefined) counts.set(text, count + 1);
        else if (counts.size < maxValues) counts.set(text, 1);
      }
    },
    /** Values that at least so many have, the most frequent first. */
    atLeast: (least: number): readonly KnownValue[] =>
      [...counts]
        .filter(([, count]) => count >= least)
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)),
  };
}

/** Those that the search names, in their order: values that begin with it come first. */
export function searchValues(values: readonly KnownValue[], search: string, limit: number): readonly KnownValue[] {
  const needle = foldText(search.trim());
  if (needle === "") return values.slice(0, limit);
  const [starting, containing]: [KnownValue[], KnownValue[]] = [[], []];
  for (const each of values) {
    const [value, label] = [foldText(each.value), foldText(each.label ?? "")];
    if (value.startsWith(needle) || label.startsWith(needle)) starting.push(each);
    else if (value.includes(needle) || label.includes(needle)) containing.push(each);
    if (starting.length >= limit) break;
  }
  return [...starting, ...containing].slice(0, limit);
}
