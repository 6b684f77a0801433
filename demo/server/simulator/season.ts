import type { Random } from "./random.ts";

export const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Shoppers live six hours behind UTC. */
const shopOffsetHours = -6;

// From Sunday; their mean is 1.
const weekdayFactors = [1.2, 1, 0.93, 0.9, 0.92, 0.95, 1.1];
// From midnight, local time: a small peak at noon, a large one in the evening.
const hourWeights = [6, 3, 2, 1, 1, 2, 4, 8, 12, 15, 17, 19, 22, 20, 18, 17, 18, 20, 24, 30, 34, 33, 24, 13];

/** How busy a day is against an average one. */
export function weekdayFactor(day: number): number {
  return weekdayFactors[new Date(day * dayMs).getUTCDay()] ?? 1;
}

/** An instant of the UTC day `day`, likelier at busy hours. */
export function timeOfDay(day: number, random: Random): number {
  const localHour = random.index(hourWeights);
  const utcHour = (localHour - shopOffsetHours) % 24;
  return day * dayMs + utcHour * hourMs + random.whole(0, hourMs - 1);
}
