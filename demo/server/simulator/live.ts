import { numberIds, toWireEvent } from "./batches.ts";
import type { Population } from "./history.ts";
import { historyDays } from "./history.ts";
import { planVisit } from "./plan-visit.ts";
import { createRandom } from "./random.ts";
import { createShopper, createShopperState } from "./shopper.ts";
import type { PlannedEvent, World } from "./visit.ts";

type LiveOptions = {
  readonly world: World;
  readonly population: Population;
  /** Planned already, in order of time. */
  readonly planned: readonly PlannedEvent[];
  readonly now: () => number;
  readonly send: (events: readonly object[], isBackOffice: boolean) => Promise<void>;
  readonly onError: (error: unknown) => void;
};

const meanArrivalMs = 3_500;
const meanArrivalShoppers = 300;
const shortestArrivalMs = 250;
const longestArrivalMs = 30_000;
const newcomerRatio = 0.12;
const restMs = 20_000;
const pace = 0.35;
const maxBatch = 200;
const firstBackoffMs = 1_000;
const longestBackoffMs = 60_000;
/** About eight minutes of retries; whatever is refused for so long would be refused for ever. */
const maxAttempts = 12;
// Timers count in 31 bits; orders ship days later.
const longestTimerMs = 3_600_000;

/** Puts events where their time is; both lists are in order of time. */
function mergeByTime(a: readonly PlannedEvent[], b: readonly PlannedEvent[]): PlannedEvent[] {
  return [...a, ...b].sort((one, other) => one.at - other.at);
}

/**
 * Lets shoppers come and go in real time until stopped. One unref'ed timer at most is set at any time.
 *
 * While sending fails nobody arrives: what was to be sent is repeated with growing pauses, under the same message ids.
 *
 * @returns stops everything; may be called again
 */
export function startLive({ world, population, planned, now, send, onError }: LiveOptions): () => void {
  const startedAt = now();
  const random = createRandom(world.seed, "live", startedAt);
  const known = [...population];
  // Newcomers come back too; beyond this nobody new does, or memory would grow for ever.
  const mostKnown = population.length * 2 + 100;
  const nextId = numberIds(`sim-${world.seed}-${startedAt.toString(36)}`);
  let waiting: PlannedEvent[] = [...planned];
  let outgoing: { readonly events: readonly object[]; readonly isBackOffice: boolean } | null = null;
  let attempts = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const arrivalGap = (): number => {
    const mean = (meanArrivalMs * meanArrivalShoppers) / Math.max(1, population.length);
    return Math.min(longestArrivalMs, Math.max(shortestArrivalMs, -mean * Math.log(1 - random.next())));
  };
  let nextArrivalAt = startedAt + arrivalGap();

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

  const admit = (at: number): void => {
    if (at < nextArrivalAt) return;
    nextArrivalAt = at + arrivalGap();
    const visitor = chooseVisitor(at);
    if (!visitor) return;
    waiting = mergeByTime(waiting, planVisit({ world, ...visitor, startAt: at, random, pace }));
  };

  /** The next events that are due, of one sender. */
  const takeDue = (at: number): void => {
    const [first] = waiting;
    if (!first || first.at > at) return;
    let count = 1;
    for (const event of waiting.slice(1, maxBatch)) {
      if (event.at > at || event.isBackOffice !== first.isBackOffice) break;
      count += 1;
    }
    const events = waiting.splice(0, count).map((event) => toWireEvent(event, nextId()));
    outgoing = { events, isBackOffice: first.isBackOffice };
  };

  const schedule = (delayMs: number): void => {
    if (isStopped) return;
    timer = setTimeout(() => void tick(), Math.min(longestTimerMs, Math.max(0, delayMs)));
    timer.unref();
  };

  const tick = async (): Promise<void> => {
    const at = now();
    if (!outgoing) {
      admit(at);
      takeDue(at);
    }
    if (outgoing) {
      try {
        await send(outgoing.events, outgoing.isBackOffice);
        outgoing = null;
        attempts = 0;
      } catch (error) {
        attempts += 1;
        onError(error);
        if (attempts >= maxAttempts) {
          outgoing = null;
          attempts = 0;
        } else {
          schedule(Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempts - 1)));
          return;
        }
      }
    }
    schedule(Math.min(nextArrivalAt, waiting[0]?.at ?? Number.POSITIVE_INFINITY) - now());
  };

  schedule(nextArrivalAt - startedAt);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
