// Shoppers who do not exist, so that the demo shop has visitors. Everything they do is marked as simulated.
import { setImmediate as nextTurn } from "node:timers/promises";
import { createAssortment, type SimulatorProduct } from "./assortment.ts";
import { type Batch, createBatches, numberIds } from "./batches.ts";
import { historyDays, type Population, simulateDays } from "./history.ts";
import { startLive } from "./live.ts";
import { dayMs } from "./season.ts";
import { createShopper, createShopperState } from "./shopper.ts";
import type { PlannedEvent, World } from "./visit.ts";

export type { SimulatorProduct } from "./assortment.ts";

export type SimulatorOptions = {
  /** How many shoppers have a past; 300 make about 25,000 events. */
  readonly shoppers: number;
  /** Whole number; the same seed gives the same shoppers. */
  readonly seed: number;
  readonly now: () => number;
  readonly products: readonly SimulatorProduct[];
  /** Takes at most 500 events of one sender; the next batch waits for it. */
  readonly send: (events: readonly object[], isBackOffice: boolean) => Promise<void>;
  /** Address of the shop's home page, in the pages of events; default `https://shop.simulated.example/shop`. */
  readonly shopUrl?: string;
  /** Told of each failed attempt of `live` to send; default none. */
  readonly onError?: (error: unknown) => void;
};

export type Simulator = {
  /**
   * Sends what the shoppers did in the past 90 days, in order of time for each shopper, and roughly so for all.
   *
   * Repeated on the same UTC day with the same seed and products it sends the same message ids, so that a second run after
   * a crash doubles nothing.
   *
   * @param onProgress called after each batch; the total is exact up to 300 shoppers, an estimate beyond
   * @returns the number of events; rejects with the error of `send`, which is not repeated
   */
  readonly history: (onProgress: (done: number, total: number) => void) => Promise<number>;
  /**
   * Lets the shoppers, and some newcomers, visit in real time: with 300 shoppers one arrives every 3.5 s on average, and
   * their number changes that in proportion. Never throws and keeps no process alive.
   *
   * @returns stops it
   */
  readonly live: () => () => void;
};

const maxBatch = 500;
const sampleSize = 300;

/**
 * Simulates shoppers with lasting tastes: visits, searches, carts, orders and what becomes of them.
 *
 * Deterministic: what happens depends on seed, products and UTC day only; a later `now` of the same day only adds to it.
 *
 * @throws {RangeError} without products, or when `shoppers` is no whole number of at least 0
 */
export function createSimulator(options: SimulatorOptions): Simulator {
  const {
    shoppers,
    seed,
    now,
    products,
    send,
    shopUrl = "https://shop.simulated.example/shop",
    onError = () => {},
  } = options;
  if (!Number.isInteger(shoppers) || shoppers < 0)
    throw new RangeError(`the number of shoppers must be a whole number, not ${shoppers}`);
  const createdAt = now();
  const lastDay = Math.floor(createdAt / dayMs);
  const world: World = { seed, shopUrl, assortment: createAssortment(products, seed, (lastDay + 1) * dayMs) };
  const createPopulation = (count: number): Population =>
    Array.from({ length: count }, (_, index) => {
      const shopper = createShopper(index, { seed, days: historyDays, assortment: world.assortment });
      return { shopper, state: createShopperState(shopper) };
    });

  let population: Population | null = null;
  let planned: readonly PlannedEvent[] = [];

  const countEvents = async (): Promise<number> => {
    const sample = Math.min(shoppers, sampleSize);
    let count = 0;
    for (const events of simulateDays({ world, population: createPopulation(sample), lastDay, now: createdAt })) {
      count += events.length;
      await nextTurn();
    }
    return sample === 0 ? 0 : Math.round((count * shoppers) / sample);
  };

  const history: Simulator["history"] = async (onProgress) => {
    const total = await countEvents();
    population = createPopulation(shoppers);
    let done = 0;
    const batches = createBatches(maxBatch, numberIds(`sim-${seed}-${lastDay}`));
    const deliver = async (due: readonly Batch[]): Promise<void> => {
      for (const { events, isBackOffice } of due) {
        await send(events, isBackOffice);
        done += events.length;
        onProgress(done, Math.max(done, total));
        await nextTurn();
      }
    };
    const days = simulateDays({ world, population, lastDay, now: createdAt });
    for (let day = days.next(); ; day = days.next()) {
      if (day.done) {
        planned = day.value;
        break;
      }
      for (const event of day.value) {
        const due = batches.add(event);
        if (due.length > 0) await deliver(due);
      }
      await nextTurn();
    }
    await deliver(batches.takeAll());
    return done;
  };

  return {
    history,
    live: () => {
      // Without a history before, accounts of an earlier run are taken as still there.
      population ??= createPopulation(shoppers).map(({ shopper, state }) => ({
        shopper,
        state: { ...state, isRegistered: shopper.registersAtVisit !== null },
      }));
      const stop = startLive({ world, population, planned, now, send, onError });
      planned = [];
      return stop;
    },
  };
}
