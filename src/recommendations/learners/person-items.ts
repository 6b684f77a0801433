// Who did how much with which item: a sparse matrix by people. Flat arrays, so that a worker is handed it without a copy.

/** Person p did something with `items[starts[p] … starts[p + 1]]`, each once. */
export type PersonItems = {
  readonly itemCount: number;
  readonly starts: Int32Array;
  readonly items: Int32Array;
  /** How much, > 0: ln(1 + Σ signal weights). */
  readonly values: Float32Array;
};

export const personCountOf = ({ starts }: PersonItems): number => starts.length - 1;

/** The same by items: "person" i is item i. */
export function transpose(table: PersonItems): PersonItems {
  const people = personCountOf(table);
  const starts = new Int32Array(table.itemCount + 1);
  for (const item of table.items) starts[item + 1] = (starts[item + 1] ?? 0) + 1;
  for (let item = 0; item < table.itemCount; item += 1)
    starts[item + 1] = (starts[item + 1] ?? 0) + (starts[item] ?? 0);
  const ends = starts.slice();
  const items = new Int32Array(table.items.length);
  const values = new Float32Array(table.items.length);
  for (let person = 0; person < people; person += 1) {
    for (let at = table.starts[person] ?? 0; at < (table.starts[person + 1] ?? 0); at += 1) {
      const item = table.items[at] ?? 0;
      const to = ends[item] ?? 0;
      items[to] = person;
      values[to] = table.values[at] ?? 0;
      ends[item] = to + 1;
    }
  }
  return { itemCount: people, starts, items, values };
}

/** Only the given items, numbered by their place in the list; people without any of them are left out. */
export function onlyItems(table: PersonItems, kept: Int32Array): PersonItems {
  const numbers = new Int32Array(table.itemCount).fill(-1);
  for (const [at, item] of kept.entries()) numbers[item] = at;
  let left = 0;
  for (const item of table.items) if ((numbers[item] ?? -1) >= 0) left += 1;
  const starts = [0];
  const items = new Int32Array(left);
  const values = new Float32Array(left);
  let end = 0;
  for (let person = 0; person < personCountOf(table); person += 1) {
    for (let at = table.starts[person] ?? 0; at < (table.starts[person + 1] ?? 0); at += 1) {
      const number = numbers[table.items[at] ?? 0] ?? -1;
      if (number < 0) continue;
      items[end] = number;
      values[end] = table.values[at] ?? 0;
      end += 1;
    }
    if (end > (starts.at(-1) ?? 0)) starts.push(end);
  }
  return { itemCount: kept.length, starts: Int32Array.from(starts), items, values };
}

/** Items that so many people did something with, ascending; when there are more than `most`, those of the most people. */
export function activeItems(table: PersonItems, minPeople: number, most: number): Int32Array {
  const people = new Int32Array(table.itemCount);
  for (const item of table.items) people[item] = (people[item] ?? 0) + 1;
  const active = Int32Array.from(people.keys()).filter((item) => (people[item] ?? 0) >= minPeople);
  if (active.length <= most) return active;
  return active
    .sort((a, b) => (people[b] ?? 0) - (people[a] ?? 0) || a - b)
    .slice(0, most)
    .sort();
}
