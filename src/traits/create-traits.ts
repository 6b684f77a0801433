import type { CanonicalEvent } from "../collect/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import type { AttributeSpec, RuleObject } from "../kernel/rules/index.ts";
import type { MergePolicy, Prediction, Profile, ProfileRow, ProfileState, StateChange } from "../profiles/index.ts";
import { type BackfillDeps, createTraitBackfill } from "./backfill.ts";
import { type CompileDeps, type CompiledTrait, compileTrait, type ReadOptions } from "./compile-trait.ts";
import { previewTrait } from "./preview.ts";
import { createTraitRoutes, type TraitStatus } from "./routes.ts";
import { createSqlTraits } from "./sql-trait.ts";
import type { TraitEventStore } from "./store.clickhouse.ts";
import type { StoredComputation, TraitStore } from "./store.ts";
import type { TraitBody } from "./trait-body.ts";
import { createTraitKind } from "./trait-kind.ts";
import {
  answering,
  applyEvent,
  buildTraitSet,
  type Computation,
  createTraitReader,
  type LiveTrait,
  type TraitReader,
  type TraitSet,
} from "./trait-set.ts";

export type TraitsDeps = Pick<CompileDeps, "rules" | "convertMinor" | "currency"> &
  Pick<BackfillDeps, "acceptedSoFar"> & {
    readonly store: TraitStore;
    readonly events: TraitEventStore;
    readonly definitions: {
      readonly live: <B>(kind: string) => readonly LiveDefinition<B>[];
      readonly onChange: (handler: (kind: string) => void) => () => void;
    };
    readonly profiles: {
      /** @throws {ClienteleError} `profiles.notFound` */
      readonly get: (profileId: string) => Promise<Profile>;
      readonly scan: (afterId: string | null, limit: number) => Promise<readonly ProfileRow[]>;
      readonly count: () => Promise<number>;
      readonly ownership: BackfillDeps["ownership"];
    };
    readonly reevaluate: (profileIds: ReadonlySet<string>, change: StateChange) => Promise<boolean>;
    /** The attributes that rules may name have changed, or values that audiences may ask for: look again. */
    readonly onChange?: (keys: readonly string[]) => void;
    readonly clock: Clock;
    readonly logger: Logger;
  };

const sharedPollMs = 1_000;

/**
 * Traits that people define: counted as events come, counted from the event store when they are new, read by rules and API.
 *
 * The event path calls `applyEvent` while it folds a profile. Call `start` after the definitions have started, and `refresh` every few
 * seconds: it takes up work that another process left behind, and runs SQL traits that are due.
 */
export function createTraits(deps: TraitsDeps) {
  const { store, clock, logger } = deps;
  const compileDeps: CompileDeps = { rules: deps.rules, convertMinor: deps.convertMinor, currency: deps.currency };
  let computations: ReadonlyMap<string, StoredComputation> = new Map();
  let states: ReadonlyMap<string, Computation> = new Map();
  let stopped = false;
  let stopListening = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;

  const computationOf = (hash: string): Computation | undefined => states.get(hash);
  /** The newest former version that has been counted completely: what answered so far, after a start what was finished last. */
  const beforeOf = (key: string, hash: string): TraitBody | undefined => {
    if (computations.get(hash)?.status === "live") return undefined;
    const present = set.byKey.get(key);
    const former = present && answering(present, computationOf);
    if (former?.collector && former.hash !== hash) return former.body;
    return [...computations.values()]
      .filter((each) => each.key === key && each.hash !== hash && each.status === "live")
      .sort((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0))[0]?.body;
  };
  let set: TraitSet = buildTraitSet([], compileDeps, () => undefined);
  let reader: TraitReader = createTraitReader(set, computationOf);

  const eventTraits = (): ReadonlyMap<string, CompiledTrait> =>
    new Map(set.traits.filter(({ collector }) => collector).map((trait) => [trait.hash, trait]));

  const rebuild = (): void => {
    set = buildTraitSet(deps.definitions.live<TraitBody>("trait"), compileDeps, beforeOf);
    reader = createTraitReader(set, computationOf);
  };

  const backfill = createTraitBackfill({
    store,
    events: deps.events,
    acceptedSoFar: deps.acceptedSoFar,
    reevaluate: deps.reevaluate,
    ownership: deps.profiles.ownership,
    survivor: async (profileId) => {
      try {
        return await deps.profiles.get(profileId);
      } catch (error) {
        // Erased meanwhile: there is nobody to count for.
        logger.debug({ err: error, profileId }, "a profile went while a trait was counted");
        return undefined;
      }
    },
    clock,
    logger,
    current: eventTraits,
    used: () => set.hashes,
    changed: () => {
      computations = backfill.computations();
      states = new Map(
        [...computations].map(([hash, { status, cutoff }]) => [hash, { isLive: status === "live", cutoff }]),
      );
      rebuild();
    },
    becameLive: (keys) => deps.onChange?.(keys),
  });
  const sql = createSqlTraits({
    store,
    events: deps.events,
    reevaluate: deps.reevaluate,
    scan: deps.profiles.scan,
    clock,
    logger,
    isStopped: () => stopped,
  });

  const versions = (): ReadonlyMap<string, number> => new Map(set.traits.map(({ key, version }) => [key, version]));

  const statusOf = (trait: LiveTrait): TraitStatus => {
    const computation = computations.get(trait.hash);
    if (!trait.collector && trait.body.kind !== "sql")
      return { status: "live", done: 0, total: 0, computedThrough: clock.now(), reason: null };
    if (!computation) return { status: "computing", done: 0, total: 0, computedThrough: null, reason: null };
    const { status, done, total, reason, computedThrough } = computation;
    // A counted trait follows every event; a query speaks for the time at which it ran.
    const through = status === "live" && trait.collector ? clock.now() : computedThrough;
    return { status, done, total, reason, computedThrough: through };
  };

  const readAll = (options: ReadOptions): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(reader.all(options))
        .map(([key, { value }]) => [key, value] as const)
        .filter(([, value]) => value !== undefined),
    );

  return {
    kind: createTraitKind(deps.rules),
    /** Attributes `profile.trait.<key>`; the same list until a trait changes. */
    attributes: (): readonly AttributeSpec[] => set.attributes,
    /** Merge policy that a definition of kind `trait` sets for a written attribute. */
    policyOf: (attribute: string): MergePolicy | undefined => set.policies.get(attribute),
    /** What a profile keeps for its traits after an event; see `FoldContext`. */
    applyEvent: (traits: ProfileState["traits"], event: CanonicalEvent): ProfileState["traits"] =>
      applyEvent(traits, event, set, computationOf),
    /** Values by key for rules, with the instants at which they next change by themselves; both are worked out when asked for. */
    read: (options: ReadOptions): { readonly values: RuleObject; readonly changesAt: RuleObject } =>
      reader.read(options),
    /** Present values by key; absent ones are left out. */
    values: readAll,

    start: async (): Promise<void> => {
      await backfill.load();
      stopListening = deps.definitions.onChange((kind) => {
        if (kind !== "trait") return;
        rebuild();
        deps.onChange?.([]);
        void backfill.run(versions());
      });
      if (store.isShared) {
        timer = setInterval(() => {
          backfill.load().catch((err: unknown) => logger.warn({ err }, "trait computations could not be read"));
        }, sharedPollMs).unref();
      }
      void backfill.run(versions());
    },
    stop: async (): Promise<void> => {
      stopped = true;
      clearInterval(timer);
      stopListening();
      await backfill.stop();
    },
    /** Resolves when every trait is counted or failed. */
    settled: (): Promise<void> => backfill.run(versions()),
    /** Takes up what was left behind and runs SQL traits that are due; safe to repeat. */
    refresh: async (): Promise<void> => {
      await backfill.run(versions());
      await sql.runDue(set.traits);
      await backfill.load();
    },
    /**
     * Writes what a model says of profiles; rules read it as `profile.<name>` where shipped (`clv_12m`, `churn_probability`, `rfm`),
     * else through a trait of kind `prediction`. The newest `computedAt` holds.
     *
     * @returns false when a profile changed meanwhile: repeat
     */
    predict: (said: ReadonlyMap<string, Readonly<Record<string, Prediction>>>): Promise<boolean> =>
      deps.reevaluate(new Set(said.keys()), (profileId, state) => {
        const predictions: Record<string, Prediction> = { ...state.predictions };
        for (const [name, prediction] of Object.entries(said.get(profileId) ?? {})) {
          const known = Object.hasOwn(predictions, name) ? predictions[name] : undefined;
          if (name !== "__proto__" && (!known || known.computedAt <= prediction.computedAt))
            predictions[name] = prediction;
        }
        return { ...state, predictions };
      }),
    /** @param attributesOf all `profile.` attributes of a profile, for formulas */
    routes: (attributesOf: (profile: Pick<Profile, "state" | "identifiers">, nowMs: number) => RuleObject) =>
      createTraitRoutes({
        list: () => set.traits.map((trait) => ({ trait, status: statusOf(trait) })),
        find: (key) => set.byKey.get(key),
        statusOf,
        restart: async (trait) => {
          await store.restart(trait.hash);
          await backfill.load();
          void backfill.run(versions());
        },
        valueOf: async (trait, profileId) => {
          const profile = await deps.profiles.get(profileId);
          const nowMs = clock.now();
          const version = answering(trait, computationOf);
          const attributes = attributesOf(profile, nowMs);
          return version?.read({
            state: profile.state,
            nowMs,
            profile: attributes,
            changesAt: () => Number.POSITIVE_INFINITY,
            cutoffOf: (hash) => computationOf(hash)?.cutoff,
          });
        },
        faultsOf: async (key, body) =>
          (await createTraitKind(deps.rules).check?.(body, {
            key,
            scope: { storeViews: null },
            live: deps.definitions.live,
          })) ?? [],
        preview: async (key, body, profileId) =>
          previewTrait(compileTrait(key, body, compileDeps), {
            profileId,
            profiles: deps.profiles,
            events: deps.events,
            attributesOf,
            nowMs: clock.now(),
          }),
      }),
  };
}

export type Traits = ReturnType<typeof createTraits>;
