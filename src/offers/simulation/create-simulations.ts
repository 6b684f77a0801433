import type { Definitions } from "../../definitions/index.ts";
import { ClienteleError, type Clock, isObject, type Logger, newId } from "../../kernel/index.ts";
import type { AttributeCatalog, RuleEnvironment, RuleObject } from "../../kernel/rules/index.ts";
import type { ClickHouse, Postgres } from "../../storage/index.ts";
import type { ShopRules } from "../cart-rules/engine.ts";
import { priceRuleGroupKindName } from "../cart-rules/index.ts";
import { type RuleSets, ruleSetsOf } from "./draft-set.ts";
import type { FoundPast, OwnedPast, PastQuery } from "./past-store.ts";
import { type KnownShopper, plainShopper } from "./plain-shopper.ts";
import { openReplayThread } from "./replay-thread.ts";
import { replayedPeriod } from "./replayed-period.ts";
import type { SimulationReport } from "./report.ts";
import { needsOf, type RuleNeeds } from "./rule-needs.ts";
import type { SimulationSettings } from "./settings.ts";
import type {
  PlainShopper,
  ReplayBatch,
  ReplayFacts,
  ReplayQuestion,
  ReplayStart,
  RuleDefinition,
} from "./simulation-job.ts";
import { createPastOrderStore } from "./store.clickhouse.ts";
import { createSimulationStore, type SimulationRun } from "./store.ts";
import { createPastCartStore } from "./store-carts.clickhouse.ts";

export type SimulationDeps = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly definitions: Pick<Definitions, "find" | "list" | "faultsOf" | "live">;
  readonly rules: ShopRules & {
    readonly attributes: () => AttributeCatalog;
    readonly productOf: (sku: string) => RuleObject | undefined;
    readonly timezone: string;
  };
  readonly rateOf: RuleEnvironment["rateOf"];
  /** Categories with the one above each. */
  readonly categories: () => ReplayStart["categories"];
  readonly websites: () => Readonly<Record<string, string>>;
  /** No line is sold below its cost times this, decimal text; undefined = any price. */
  readonly marginFactor: string | undefined;
  /** Different coupon codes that count in one cart. */
  readonly maxCodes: number;
  readonly currency: string;
  /** Shoppers as they are known now, by profile id; those that have gone are left out. */
  readonly shoppersOf: (profileIds: readonly string[]) => Promise<ReadonlyMap<string, KnownShopper>>;
  /** Somebody of whom nothing is known. */
  readonly stranger: () => KnownShopper;
  /** Rules of coupon codes, by normalised code. */
  readonly rulesOfCodes: (codes: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Reading more shoppers at once would hold up requests: a hundred take a few milliseconds of this thread. */
const batchSize = 100;
const tellEveryMs = 1_000;
const defaultOrders = 10_000;

/** Replays of past orders and carts through draft rules; one runs at a time. Nothing that it does counts. */
export function createSimulations(deps: SimulationDeps) {
  const { clock, logger } = deps;
  const store = createSimulationStore(deps.postgres);
  const stores = { orders: createPastOrderStore(deps.clickhouse), carts: createPastCartStore(deps.clickhouse) };
  const running = new Map<string, { readonly abort: AbortController; readonly ended: Promise<void> }>();

  const run = async (id: string, sets: RuleSets, settings: SimulationSettings, signal: AbortSignal): Promise<void> => {
    const nowMs = clock.now();
    const of = settings.of ?? "orders";
    const query: PastQuery = {
      ...replayedPeriod(settings, nowMs, deps.rules.timezone),
      limit: settings.orders ?? defaultOrders,
      storeView: settings.storeView ?? "",
      trusted: settings.trusted ?? of === "orders",
    };
    const { found, currencies } = await stores[of].newest(query);
    const needs = needsOf([...sets.live, ...sets.draft].flatMap(({ body }) => treesOf(deps.rules, body)));
    const read = (at: number) => batchOf(deps, stores[of].read, query, found.slice(at, at + batchSize), needs);
    const total = found.length;
    const tell = async (done: number): Promise<void> => {
      if (!(await store.tell(id, { done, total, at: clock.now() })))
        throw new ClienteleError("offers.simulationCancelled", "the simulation was cancelled");
    };
    const thread = openReplayThread(signal);
    try {
      await thread.ask(startOf(deps, sets, settings, currencies, nowMs));
      let toldAt = Number.NEGATIVE_INFINITY;
      let next = read(0);
      for (let at = 0; at < total; at += batchSize) {
        const question = await thread.ask(await next);
        // Read while the thread is at work.
        next = read(at + batchSize);
        // A fault is met when the batch is asked for.
        next.catch(() => undefined);
        if (question.kind === "asks") await thread.ask(await factsFor(deps, question));
        const done = Math.min(at + batchSize, total);
        if (done < total && performance.now() - toldAt < tellEveryMs) continue;
        await tell(done);
        toldAt = performance.now();
      }
      await next;
      const answer = await thread.ask({ kind: "finish" });
      if (answer.kind !== "done") throw new ClienteleError("offers.simulationFailed", "the replay gave no report");
      const result = withUnanswered(answer.report, needs);
      await store.finish(id, { status: "done", result, error: null, at: clock.now() });
    } finally {
      await thread.close();
    }
  };

  const failed = async (id: string, error: unknown, isStopped: boolean): Promise<void> => {
    if (!isStopped && !(error instanceof ClienteleError && error.code === "offers.simulationCancelled"))
      logger.error({ err: error, simulationId: id }, "a simulation failed");
    const message = error instanceof ClienteleError ? error.message : "an unexpected fault; the log tells more";
    const end = isStopped
      ? { status: "cancelled" as const, error: null }
      : { status: "failed" as const, error: message };
    await store
      .finish(id, { ...end, result: null, at: clock.now() })
      .catch((cause: unknown) => logger.warn({ err: cause, simulationId: id }, "a simulation could not be ended"));
  };

  return {
    /**
     * Starts a simulation.
     *
     * @throws {ClienteleError} `offers.simulationRunning`, `offers.simulationPeriod`, `offers.nothingToSimulate`, `definitions.invalid`,
     * `definitions.notFound`
     */
    start: async (settings: SimulationSettings, createdBy: string): Promise<SimulationRun> => {
      const createdAt = clock.now();
      // Refused at once, not once it runs.
      replayedPeriod(settings, createdAt, deps.rules.timezone);
      const sets = await ruleSetsOf(deps.definitions, settings);
      const begun = { id: newId(createdAt), settings, createdAt, createdBy };
      if (!(await store.begin(begun)))
        throw new ClienteleError("offers.simulationRunning", "another simulation runs: wait for it or cancel it");
      const abort = new AbortController();
      const ended = run(begun.id, sets, settings, abort.signal)
        .catch((error: unknown) => failed(begun.id, error, abort.signal.aborted))
        .finally(() => running.delete(begun.id));
      running.set(begun.id, { abort, ended });
      return { ...begun, status: "running", done: 0, total: 0, error: null, finishedAt: null };
    },

    /** @throws {ClienteleError} `offers.simulationNotFound` */
    find: async (id: string) => {
      const found = await store.find(id);
      if (!found) throw new ClienteleError("offers.simulationNotFound", `there is no simulation ${id}`);
      return found;
    },
    list: store.list,
    /** IANA; of the days of a period. */
    timezone: deps.rules.timezone,

    /** Ends one that runs, in whichever process; safe to repeat. */
    cancel: async (id: string): Promise<void> => {
      await store.finish(id, { status: "cancelled", result: null, error: null, at: clock.now() });
      const mine = running.get(id);
      mine?.abort.abort(new ClienteleError("offers.simulationCancelled", "the simulation was cancelled"));
      await mine?.ended;
    },
    /** Waits for what runs here; for tests. */
    settled: async (): Promise<void> => {
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
    /** Ends what runs here. */
    stop: async (): Promise<void> => {
      for (const { abort } of running.values()) abort.abort(new Error("the process ends"));
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}

export type Simulations = ReturnType<typeof createSimulations>;

/** Every tree of a rule. */
function treesOf(rules: ShopRules, { conditions, targets, action }: RuleDefinition["body"]) {
  const ofLines = [targets, ...("buy" in action && "get" in action ? [action.buy, action.get] : [])];
  return [
    ...(conditions === undefined ? [] : [rules.read(conditions, { use: "cart_rule" })]),
    ...ofLines.filter((tree) => isObject(tree)).map((tree) => rules.read(tree, { use: "cart_action" })),
  ];
}

function startOf(
  deps: SimulationDeps,
  sets: RuleSets,
  settings: SimulationSettings,
  ofOrders: readonly string[],
  nowMs: number,
): ReplayStart {
  const text = JSON.stringify([sets.live, sets.draft]);
  const named = [...text.matchAll(/"currency":"([A-Z]{3})"/g)].map(([, code = ""]) => code);
  const currencies = [...new Set([deps.currency, ...ofOrders, ...named])].slice(0, 50);
  const rates = currencies.flatMap((from) =>
    currencies.flatMap((to) => {
      const rate = deps.rateOf?.(from, to);
      return rate === undefined ? [] : [[`${from}>${to}`, rate] as const];
    }),
  );
  return {
    kind: "start",
    ...sets,
    groups: deps.definitions.live(priceRuleGroupKindName),
    attributes: deps.rules.attributes().list(),
    categories: deps.categories(),
    rates: Object.fromEntries(rates),
    websites: deps.websites(),
    marginFactor: deps.marginFactor,
    maxCodes: deps.maxCodes,
    timezone: deps.rules.timezone,
    currency: deps.currency,
    nowMs: settings.asOf === undefined ? nowMs : Date.parse(settings.asOf),
    marginFloor: settings.marginFloor ?? 0,
  };
}

async function batchOf(
  deps: Pick<SimulationDeps, "shoppersOf" | "stranger">,
  read: (query: PastQuery, found: readonly FoundPast[]) => Promise<readonly OwnedPast[]>,
  query: PastQuery,
  found: readonly FoundPast[],
  needs: RuleNeeds,
): Promise<ReplayBatch> {
  if (found.length === 0) return { kind: "batch", past: [] };
  const owned = await read(query, found);
  const shoppers = await deps.shoppersOf([
    ...new Set(owned.map(({ profileId }) => profileId).filter((id) => id !== "")),
  ]);
  const plainOf = new Map<string, PlainShopper>();
  const shopperOf = (profileId: string): PlainShopper => {
    const known = plainOf.get(profileId);
    if (known) return known;
    const made = plainShopper(shoppers.get(profileId) ?? deps.stranger(), needs);
    plainOf.set(profileId, made);
    return made;
  };
  return { kind: "batch", past: owned.map(({ past, profileId }) => ({ past, shopper: shopperOf(profileId) })) };
}

async function factsFor(
  deps: Pick<SimulationDeps, "rules" | "rulesOfCodes">,
  { skus, codes }: ReplayQuestion,
): Promise<ReplayFacts> {
  return {
    kind: "facts",
    products: skus.flatMap((sku) => {
      const facts = deps.rules.productOf(sku);
      return facts ? [[sku, facts] as const] : [];
    }),
    codes: codes.length === 0 ? {} : Object.fromEntries(await deps.rulesOfCodes(codes)),
  };
}

/** Conditions that the past cannot answer count as not met; the report says so. */
function withUnanswered(report: SimulationReport, { unanswered }: RuleNeeds): SimulationReport {
  if (unanswered.size === 0) return report;
  const text = `conditions about ${[...unanswered].sort().join(", ")} count as not met: past orders do not tell them`;
  return { ...report, findings: [{ code: "notAnswered", rules: [], orders: report.orders, text }, ...report.findings] };
}
