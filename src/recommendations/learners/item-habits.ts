import type { ItemNumbers, LearnedSession } from "./session-log.ts";

/** How each item behaves by itself, by item number. */
export type ItemHabits = {
  /** Views in the newest twentieth of the sessions. */
  readonly recentViews: Int32Array;
  /** ln P(the next view is the same item again). */
  readonly againNext: Float32Array;
  /** ln P(it is viewed again later in the session). */
  readonly againLater: Float32Array;
};

const recentShare = 0.05;
/** Views of the shop's mean that are added to those of an item. */
const smoothing = 20;

function smoothedLog(counts: Int32Array, chances: Int32Array): Float32Array {
  let [count, chance] = [0, 0];
  for (let item = 0; item < counts.length; item += 1) {
    count += counts[item] ?? 0;
    chance += chances[item] ?? 0;
  }
  const mean = Math.max(1e-3, count / Math.max(1, chance));
  return Float32Array.from(counts, (own, item) =>
    Math.log((own + smoothing * mean) / ((chances[item] ?? 0) + smoothing)),
  );
}

/** @param sessions oldest first */
export function learnHabits(sessions: readonly LearnedSession[], numbers: ItemNumbers): ItemHabits {
  const size = numbers.names.length;
  const [recentViews, chances, sameNext, sameLater] = Array.from({ length: 4 }, () => new Int32Array(size)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const recentFrom = sessions.length * (1 - recentShare);
  for (const [at, { items }] of sessions.entries()) {
    const later = new Set<number>();
    let next = -1;
    for (let place = items.length - 1; place >= 0; place -= 1) {
      const item = numbers.of(items[place] ?? "");
      if (item < 0) continue;
      if (at >= recentFrom) recentViews[item] = (recentViews[item] ?? 0) + 1;
      if (next >= 0) {
        chances[item] = (chances[item] ?? 0) + 1;
        if (next === item) sameNext[item] = (sameNext[item] ?? 0) + 1;
        if (later.has(item)) sameLater[item] = (sameLater[item] ?? 0) + 1;
      }
      later.add(item);
      next = item;
    }
  }
  return { recentViews, againNext: smoothedLog(sameNext, chances), againLater: smoothedLog(sameLater, chances) };
}
