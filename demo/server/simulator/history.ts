import { contactsOf, formerOrders } from "./contacts.ts";
import { planVisit } from "./plan-visit.ts";
import { createRandom } from "./random.ts";
import { dayMs, timeOfDay, weekdayFactor } from "./season.ts";
import type { Shopper, ShopperState } from "./shopper.ts";
import type { PlannedEvent, World } from "./visit.ts";

export const historyDays = 90;
const restMs = 45 * 60_000;

export type Population = readonly { readonly shopper: Shopper; readonly state: ShopperState }[];

type HistoryOptions = {
  readonly world: World;
  readonly population: Population;
  /** UTC day, counted from 1970, on which the history ends. */
  readonly lastDay: number;
  readonly now: number;
};

function visitTimes({ shopper }: Population[number], day: number, firstDay: number, seed: number): readonly number[] {
  const age = day - firstDay - shopper.firstDay;
  if (age < 0) return [];
  const random = createRandom(seed, "day", shopper.index, day - firstDay);
  // Everybody comes at least once.
  const count = random.poisson(shopper.visitsPerDay * weekdayFactor(day)) + (age === 0 ? 1 : 0);
  return Array.from({ length: count }, () => timeOfDay(day, random)).sort((a, b) => a - b);
}

function planDay(
  { world, population, lastDay, now }: HistoryOptions,
  day: number,
  note: (event: PlannedEvent) => void,
): void {
  const firstDay = lastDay - historyDays + 1;
  for (const person of population) {
    const { shopper, state } = person;
    for (const event of contactsOf(world, person, day)) note(event);
    for (const startAt of visitTimes(person, day, firstDay, world.seed)) {
      if (startAt > now || startAt < state.busyUntil + restMs) continue;
      const random = createRandom(world.seed, "visit", shopper.index, startAt);
      for (const event of planVisit({ world, shopper, state, startAt, random, pace: 1 })) note(event);
    }
  }
}

/**
 * Orders of long ago, then the days of a history, oldest first, each with its events in order of time; only one day is in memory at once. States of
 * the population change on the way.
 *
 * Days are those of UTC: a later `now` of the same day gives the same events and some more.
 *
 * @returns after the last day: what was planned beyond `now`, in order of time
 */
export function* simulateDays(
  options: HistoryOptions,
): Generator<readonly PlannedEvent[], readonly PlannedEvent[], void> {
  const eventsByDay = new Map<number, PlannedEvent[]>();
  const note = (event: PlannedEvent): void => {
    const day = Math.floor(event.at / dayMs);
    const events = eventsByDay.get(day);
    if (events) events.push(event);
    else eventsByDay.set(day, [event]);
  };
  const firstDay = options.lastDay - historyDays + 1;
  yield formerOrders(options.world, options.population, firstDay);
  for (let day = firstDay; day <= options.lastDay; day += 1) {
    planDay(options, day, note);
    // Later days plan nothing earlier, so this one is complete. The sort is stable: equal times keep the order of planning.
    const events = (eventsByDay.get(day) ?? []).sort((a, b) => a.at - b.at);
    eventsByDay.delete(day);
    const firstLater = events.findIndex(({ at }) => at > options.now);
    yield firstLater < 0 ? events : events.slice(0, firstLater);
    if (firstLater >= 0) eventsByDay.set(day, events.slice(firstLater));
  }
  return [...eventsByDay.values()].flat().sort((a, b) => a.at - b.at);
}
