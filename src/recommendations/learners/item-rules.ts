// Rules between pairs of items (ranking.md 5.2): AR counts sessions that hold both, SR what follows within 10 views, by 1 / views
// between. Item to the same item counts, as the evaluation wants it; who displays them leaves it out.
import { addRow, heaviest, type ItemWeights, toItemWeights, toScored } from "./item-weights.ts";
import type { ItemAnswers } from "./scored-item.ts";
import { type ItemNumbers, type LearnedSession, numberItems } from "./session-log.ts";

const maxSteps = 10;
const maxItems = 50;
const kept = 500;

function countFollowing(items: readonly number[], add: (from: number, to: number, weight: number) => void): void {
  for (let at = 1; at < items.length; at += 1)
    for (let before = Math.max(0, at - maxSteps); before < at; before += 1)
      add(items[before] ?? 0, items[at] ?? 0, 1 / (at - before));
}

function countTogether(items: readonly number[], add: (from: number, to: number, weight: number) => void): void {
  const distinct = [...new Set(items)].slice(-maxItems);
  for (const from of distinct) for (const to of distinct) if (from !== to) add(from, to, 1);
}

function learnRules(
  sessions: readonly LearnedSession[],
  numbers: ItemNumbers,
  kind: "follows" | "together",
): ItemWeights {
  const rows: (Map<number, number> | undefined)[] = [];
  rows.length = numbers.names.length;
  const add = (from: number, to: number, weight: number) => {
    const row = rows[from] ?? new Map<number, number>();
    rows[from] = row;
    row.set(to, (row.get(to) ?? 0) + weight);
  };
  const count = kind === "follows" ? countFollowing : countTogether;
  for (const { items } of sessions) count(items.map(numbers.of), add);
  return toItemWeights(Array.from(rows, (row) => heaviest(row ?? [], kept)));
}

/** What went with the last of the given items, by `follows` (SR) or `together` (AR). */
export function createItemRules(sessions: readonly LearnedSession[], kind: "follows" | "together"): ItemAnswers {
  const numbers = numberItems(sessions);
  const rules = learnRules(sessions, numbers, kind);
  return {
    next: (items, limit = 100) => {
      const last = numbers.of(items.at(-1) ?? "");
      const sums = new Map<number, number>();
      if (last >= 0) addRow(rules, last, 1, sums);
      return toScored(sums, numbers, limit);
    },
  };
}

/** Item to item over all that somebody has: the rules of every item added up. */
export function createItemToItem(sessions: readonly LearnedSession[]): ItemAnswers {
  const numbers = numberItems(sessions);
  const rules = learnRules(sessions, numbers, "together");
  return {
    next: (items, limit = 100) => {
      const sums = new Map<number, number>();
      for (const item of new Set(items.map(numbers.of))) if (item >= 0) addRow(rules, item, 1, sums);
      return toScored(sums, numbers, limit);
    },
  };
}

/** The most viewed items, whatever is given. */
export function createPopular(sessions: readonly LearnedSession[]): ItemAnswers {
  const numbers = numberItems(sessions);
  const counts = new Map<number, number>();
  for (const { items } of sessions)
    for (const item of items) counts.set(numbers.of(item), (counts.get(numbers.of(item)) ?? 0) + 1);
  const ranked = toScored(counts, numbers, numbers.names.length);
  return { next: (_items, limit = 100) => ranked.slice(0, limit) };
}
