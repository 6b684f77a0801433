import type { Definitions } from "../../definitions/index.ts";
import { ClienteleError, type Clock, isObject, type Logger, newId } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import type { ClickHouse, Postgres } from "../../storage/index.ts";
import { type CartRuleBody, type CartRules, cartRuleKindName, type LiveCart } from "../cart-rules/index.ts";
import { changeOf } from "../simulation/draft-set.ts";
import type { SampledOrder } from "../simulation/report.ts";
import { createCartQueue } from "./cart-queue.ts";
import { type CartPlace, createVersions, toCartRow } from "./cart-row.ts";
import { cartOutcome, type JudgeOptions, sampleOf } from "./judge-cart.ts";
import { createOutcomeLog } from "./outcome-log.ts";
import { type ShadowReport, shadowReport } from "./report.ts";
import { defaultDays, maxDays, type ShadowSettings } from "./settings.ts";
import type { ShadowDraft, ShadowRun } from "./shadow-run.ts";
import { createShadowCartStore, type KeptCart } from "./store.clickhouse.ts";
import { createShadowStore, maxRunning } from "./store.ts";

export type ShadowDeps = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  /** Of replicated tables; empty = none. */
  readonly cluster: string;
  readonly definitions: Pick<Definitions, "find" | "list" | "faultsOf" | "live">;
  readonly cartRules: Pick<CartRules, "judgeBy" | "beside">;
  readonly productOf: (sku: string) => RuleObject | undefined;
  readonly timezone: string;
  /** Costs of products are in it. */
  readonly currency: string;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** A cart with its reasons. `sample` is null where both sides treat it alike. */
export type ShadowCart = Omit<KeptCart, "sample"> & { readonly sample: SampledOrder | null };

const dayMs = 86_400_000;
/** Carts that may wait: some megabytes. */
const maxWaiting = 500;
/** Explaining thousands of rules would hold up requests: then it is told what came out, not by which condition. */
const mostExplained = 500;
/** Of what ended. */
const keptDays = 90;

type Active = {
  readonly run: ShadowDraft;
  readonly beside: ReturnType<CartRules["beside"]>;
  readonly options: JudgeOptions;
};
type Seen = { readonly cart: LiveCart; readonly runs: readonly Active[]; readonly version: number };

/** Drafts of cart price rules, judged beside the live rules for the carts of today. Nothing that they do reaches a shopper or counts. */
export function createShadows(deps: ShadowDeps) {
  const { cartRules, clock, definitions, logger } = deps;
  const store = createShadowStore(deps.postgres);
  const carts = createShadowCartStore(deps.clickhouse, deps.cluster);
  const log = createOutcomeLog({ write: carts.insert, count: store.count, logger });
  const versionOf = createVersions();
  let active: readonly Active[] = [];

  const nameOf = (sku: string): string => {
    const product: unknown = deps.productOf(sku);
    return isObject(product) && typeof product["name"] === "string" ? product["name"] : "";
  };

  const judgeFor = async (
    { run, beside, options }: Active,
    { cart, version }: Seen,
    pause: () => Promise<void>,
  ): Promise<void> => {
    const { call, cartId, isTrusted, judged } = cart;
    const { storeView } = call.shopper;
    const by = beside(call, judged);
    const plain = { live: judged.evaluation, draft: cartRules.judgeBy(call, by) };
    const outcome = cartOutcome(plain, options);
    let sample = "";
    if (outcome.isChanged) {
      let both = plain;
      if (plain.live.verdicts.length + plain.draft.verdicts.length <= mostExplained) {
        await pause();
        const explained = { ...call, explain: true };
        const live = cartRules.judgeBy(explained, judged);
        await pause();
        both = { live, draft: cartRules.judgeBy(explained, by) };
      }
      sample = JSON.stringify(sampleOf(both, { at: call.nowMs, storeView, timezone: deps.timezone }, nameOf));
    }
    const place: CartPlace = { runId: run.id, cartId, at: call.nowMs, version, isTrusted, storeView };
    log.keep(run.id, `${isTrusted} ${cartId}`, toCartRow(place, outcome, sample));
  };

  const countAll = ({ runs }: Seen, name: "dropped" | "superseded"): void => {
    for (const { run } of runs) log.count(run.id, name);
  };
  const queue = createCartQueue<Seen>({
    limit: maxWaiting,
    onDrop: (seen) => countAll(seen, "dropped"),
    onSupersede: (seen) => countAll(seen, "superseded"),
    judge: async (seen, pause) => {
      for (const each of seen.runs) {
        if (!active.includes(each)) {
          log.count(each.run.id, "dropped");
          continue;
        }
        try {
          await judgeFor(each, seen, pause);
        } catch (error) {
          log.count(each.run.id, "failed");
          logger.warn({ err: error, shadowId: each.run.id }, "a cart could not be judged by a draft");
        }
        await pause();
      }
    },
  });

  const activate = (run: ShadowDraft): Active => ({
    run,
    beside: cartRules.beside(run.change),
    options: {
      changed: new Set(run.change.rules.map(({ key }) => key)),
      ...{ currency: deps.currency, marginFloor: run.settings.marginFloor ?? 0 },
    },
  });
  const refresh = async (): Promise<void> => {
    const ids = await store.running(clock.now());
    const next: Active[] = [];
    for (const id of ids) {
      const known = active.find(({ run }) => run.id === id);
      const run = known ? undefined : await store.find(id, clock.now());
      if (known) next.push(known);
      else if (run) next.push(activate(run));
    }
    active = next;
  };
  const found = async (id: string): Promise<ShadowDraft> => {
    const run = await store.find(id, clock.now());
    if (!run) throw new ClienteleError("offers.shadowNotFound", `there is no shadow run ${id}`);
    return run;
  };
  const queryOf = ({ id, createdAt, settings }: ShadowRun, bought: boolean) => ({
    ...{ runId: id, sinceMs: createdAt, trusted: settings.trusted ?? true, bought, timezone: deps.timezone },
  });
  /** Outcomes of runs that are gone. The outcomes are listed first: a run that begins meanwhile has its row before them. */
  const forgetGone = async (): Promise<void> => {
    const kept = await carts.runs();
    const known = new Set(await store.ids());
    await carts.forget(kept.filter((id) => !known.has(id)));
  };
  const tooMany = () =>
    new ClienteleError("offers.shadowsRunning", `${maxRunning} drafts run on live carts already: stop one first`);

  return {
    /**
     * Tells of a cart that was answered; returns at once. What cannot be judged soon is dropped and counted.
     */
    see: (cart: LiveCart): void => {
      if (active.length === 0) return;
      const nowMs = clock.now();
      const runs = active.filter(
        ({ run: { endsAt, settings } }) =>
          endsAt > nowMs &&
          (cart.isTrusted || settings.trusted === false) &&
          (settings.storeView === undefined || settings.storeView === cart.call.shopper.storeView),
      );
      if (runs.length === 0) return;
      for (const { run } of runs) log.count(run.id, "seen");
      // As of the answer, not of this look after it: another process may have answered the same cart meanwhile.
      const version = versionOf(cart.call.nowMs, cart.isTrusted);
      queue.add(`${cart.isTrusted} ${cart.cartId}`, { cart, runs, version });
    },

    /**
     * Starts a run: bodies of changed rules stay as they are now, all others follow the live rules.
     *
     * @throws {ClienteleError} `offers.shadowsRunning`, `offers.shadowEnd`, `offers.nothingToSimulate`, `definitions.invalid`,
     * `definitions.notFound`
     */
    start: async (settings: ShadowSettings, createdBy: string): Promise<ShadowRun> => {
      const createdAt = clock.now();
      const endsAt = settings.endsAt === undefined ? createdAt + defaultDays * dayMs : Date.parse(settings.endsAt);
      if (!(endsAt > createdAt && endsAt <= createdAt + maxDays * dayMs))
        throw new ClienteleError("offers.shadowEnd", `endsAt is to be from now on and at most ${maxDays} days ahead`);
      const change = await changeOf(definitions, settings);
      const { changes, ...rest } = settings;
      // Bodies stand in what changes; twice they would only be large.
      const told = changes && { changes: changes.map(({ body: _body, ...each }) => each) };
      const begun = { id: newId(createdAt), name: settings.name.trim(), settings: { ...rest, ...told }, createdAt };
      if (!(await store.begin({ ...begun, createdBy, endsAt }, change))) throw tooMany();
      await refresh();
      return found(begun.id);
    },
    /** @throws {ClienteleError} `offers.shadowNotFound` */
    find: found,
    list: (limit: number, before: { readonly at: number; readonly id: string } | null) =>
      store.list(clock.now(), limit, before),

    /** Stops one that runs; other processes follow within a second or two. Safe to repeat. @throws `offers.shadowNotFound` */
    halt: async (id: string): Promise<ShadowRun> => {
      await found(id);
      await store.stop(id, clock.now());
      await refresh();
      return found(id);
    },
    /** @throws {ClienteleError} `offers.shadowNotFound`, `offers.shadowEnded`, `offers.shadowsRunning` */
    resume: async (id: string): Promise<ShadowRun> => {
      const { status } = await found(id);
      if (status === "ended") throw new ClienteleError("offers.shadowEnded", "the run is over: start another");
      if (status === "stopped" && !(await store.resume(id, clock.now()))) throw tooMany();
      await refresh();
      return found(id);
    },
    /** Deletes a run and its outcomes. @throws {ClienteleError} `offers.shadowNotFound` */
    remove: async (id: string): Promise<ShadowRun> => {
      const run = await found(id);
      await store.remove(id);
      await refresh();
      await log.flush();
      await forgetGone();
      return run;
    },

    /** What a run found so far, of all carts or of those that became orders. @throws {ClienteleError} `offers.shadowNotFound` */
    report: async (id: string, of: "carts" | "orders"): Promise<ShadowReport> => {
      const run = await found(id);
      const query = queryOf(run, of === "orders");
      // One after the other: the embedded engine runs one query at a time, and others wait too.
      const days = await carts.days(query);
      const rules = await carts.rules(query);
      const overlaps = await carts.overlaps(query);
      const sample = await carts.sample(query);
      return shadowReport({
        ...{ days, rules, overlaps, change: run.change, marginFloor: run.settings.marginFloor ?? 0 },
        // As `judgeFor` wrote them.
        sample: sample.map((text) => JSON.parse(text) as SampledOrder),
        live: definitions.live<CartRuleBody>(cartRuleKindName),
      });
    },
    /** One cart as it was judged last, and why. @throws {ClienteleError} `offers.shadowNotFound`, `offers.cartNotJudged` */
    cart: async (id: string, cartId: string): Promise<ShadowCart> => {
      const run = await found(id);
      const kept = await carts.find(queryOf(run, false), cartId);
      if (!kept) throw new ClienteleError("offers.cartNotJudged", "the run has not judged a cart of this id");
      const { sample, ...cart } = kept;
      // As `judgeFor` wrote it.
      return { ...cart, sample: sample === "" ? null : (JSON.parse(sample) as SampledOrder) };
    },

    /** Learns which runs go on; every process that answers, once a second. */
    refresh,
    /** Forgets what ended long ago, and outcomes of runs that were deleted. */
    maintain: async (): Promise<void> => {
      const nowMs = clock.now();
      await store.removeBefore(nowMs - keptDays * dayMs, nowMs);
      await forgetGone();
    },
    /** Waits until everything seen is judged and written; for tests. */
    settled: async (): Promise<void> => {
      await queue.settled();
      await log.flush();
    },
    /** Drops what waits, counts it, and writes what was judged. */
    stop: async (): Promise<void> => {
      await queue.close();
      await log.close();
    },
  };
}

export type Shadows = ReturnType<typeof createShadows>;
