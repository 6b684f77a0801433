import { historyDays, type Population } from "./history.ts";
import { planVisit } from "./plan-visit.ts";
import { createRandom } from "./random.ts";
import { createShopper, createShopperState } from "./shopper.ts";
import type { PlannedEvent, World } from "./visit.ts";

export type Arrivals = {
  /** When the next visitor comes. */
  readonly nextAt: () => number;
  /** Lets whoever is due come in. @returns everything that visitor is going to do, in order of time but for the back office */
  readonly admit: (at: number) => readonly PlannedEvent[];
};

const meanGapMs = 3_500;
const meanGapShoppers = 300;
const shortestGapMs = 250;
const longestGapMs = 30_000;
const newcomerRatio = 0.12;
const restMs = 20_000;
/** Visits that somebody may watch are made of short pauses. */
const livePace = 0.35;

/** Who comes to the shop, and when: known shoppers mostly, sometimes a new one. */
export function createArrivals(world: World, population: Population, startedAt: number): Arrivals {
  const random = createRandom(world.seed, "live", startedAt);
  const known = [...population];
  // Newcomers come back too; beyond this nobody new does, or memory would grow for ever.
  const mostKnown = population.length * 2 + 100;
  const meanMs = (meanGapMs * meanGapShoppers) / Math.max(1, population.length);
  const gapMs = (): number => Math.min(longestGapMs, Math.max(shortestGapMs, -meanMs * Math.log(1 - random.next())));
  let nextAt = startedAt + gapMs();

  const chooseVisitor = (at: number): Population[number] | null => {
    if (known.length === 0 || (known.length < mostKnown && random.chance(newcomerRatio))) {
      const shopper = createShopper(known.length, {
        seed: world.seed,
        days: historyDays,
        assortment: world.assortment,
      });
      const newcomer = { shopper, state: createShopperState(shopper) };
      known.push(newcomer);
      return newcomer;
    }
    const visitor = random.pick(known);
    return visitor.state.busyUntil + restMs < at ? visitor : null;
  };

  return {
    nextAt: () => nextAt,
    admit: (at) => {
      if (at < nextAt) return [];
      nextAt = at + gapMs();
      const visitor = chooseVisitor(at);
      return visitor ? planVisit({ world, ...visitor, startAt: at, random, pace: livePace }) : [];
    },
  };
}
