import type { CanonicalEvent, DoorCheck } from "../collect/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import type { ClickHouse, Postgres } from "../storage/index.ts";
import { type CompiledPlan, compilePlan, type Violation } from "./compile-plan.ts";
import { detectAnomalies } from "./detect-anomalies.ts";
import { nearNames } from "./near-names.ts";
import { createObserver } from "./observe-events.ts";
import { createPlanKind, type PlanBody } from "./plan.ts";
import { createTrackingRoutes } from "./routes.ts";
import { shippedPlan } from "./shipped-plan.data.ts";
import { createVolumeStore } from "./store.clickhouse.ts";
import { createTrackingStore } from "./store.ts";

export type TrackingDeps = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly definitions: {
    readonly live: <B>(kind: string) => readonly LiveDefinition<B>[];
    readonly onChange: (handler: (kind: string) => void) => void;
  };
};

const hourMs = 3_600_000;
const keptMs = 90 * 24 * hourMs;
/** Events are in the event store some seconds after their hour has ended. */
const settledAfterMs = 60_000;
const flushMs = 5_000;

/** What an event breaks, and what is done about it. */
export type PlanVerdict = {
  readonly planKey: string;
  readonly violations: readonly Violation[];
  readonly action: "keep" | "omit" | "block";
};

/**
 * Tracking plans: what events of a source should look like, what they do look like, and how many come.
 *
 * A source without a live plan is watched by the shipped one, which only observes.
 */
export function createTracking(deps: TrackingDeps) {
  const store = createTrackingStore(deps.postgres);
  const volume = createVolumeStore(deps.clickhouse);
  const observer = createObserver();
  const shipped = compilePlan({ key: "shipped", version: 1, body: shippedPlan });
  const bySource = new Map<string, CompiledPlan>();
  let forOthers: CompiledPlan = shipped;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let judgedHour = 0;

  const reload = (): void => {
    bySource.clear();
    forOthers = shipped;
    for (const plan of deps.definitions.live<PlanBody>("tracking-plan")) {
      const compiled = compilePlan(plan);
      if (plan.body.sources.length === 0) forOthers = compiled;
      for (const sourceId of plan.body.sources) bySource.set(sourceId, compiled);
    }
  };

  const planFor = (sourceId: string): CompiledPlan => bySource.get(sourceId) ?? forOthers;

  const judge = (event: CanonicalEvent): PlanVerdict => {
    const plan = planFor(event.sourceId);
    const violations = plan.violationsOf(event);
    const mode = violations.length === 0 ? "observe" : plan.modeFor(event.sourceId);
    return { planKey: plan.key, violations, action: mode === "observe" ? "keep" : mode };
  };

  const check: DoorCheck = (event) => {
    const { planKey, violations, action } = judge(event);
    observer.add(event, violations, planKey);
    if (action === "block") {
      const list = violations.slice(0, 5).map(({ kind, path }) => (path === "" ? kind : `${kind} ${path}`));
      return {
        action: "reject",
        code: "tracking.blocked",
        message: `the plan ${planKey} blocks it: ${list.join(", ")}`,
      };
    }
    return { action: "keep", event: action === "omit" ? planFor(event.sourceId).withoutUnplanned(event) : event };
  };

  const flush = (): Promise<void> => {
    writing = writing.then(async () => {
      try {
        await store.add(observer.take());
      } catch (error) {
        deps.logger.warn({ err: error }, "event statistics were not written");
      }
    });
    return writing;
  };

  return {
    kind: createPlanKind(),
    check: check satisfies DoorCheck,
    judge,
    flush,
    start: (): void => {
      reload();
      deps.definitions.onChange((kind) => {
        if (kind === "tracking-plan") reload();
      });
      timer = setInterval(() => void flush(), flushMs);
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await flush();
    },
    /** Looks at the last hour that is over, once; a job of the scheduler role. */
    findAnomalies: async (): Promise<void> => {
      const now = deps.clock.now();
      const hour = Math.floor((now - settledAfterMs) / hourMs) * hourMs - hourMs;
      if (hour === judgedHour) return;
      const anomalies = detectAnomalies(await volume.countsOfHour(hour));
      for (const { sourceId, type, count, expected, deviation } of anomalies)
        deps.logger.warn({ sourceId, type, count, expected, deviation }, "unusual number of events");
      await store.addAnomalies(hour, now, anomalies);
      await store.forget(now - keptMs);
      judgedHour = hour;
    },
    routes: () =>
      createTrackingRoutes({
        store,
        clock: deps.clock,
        flush,
        judge,
        suggestions: (name) => nearNames(name, Object.keys(shippedPlan.events)),
      }),
  };
}

export type Tracking = ReturnType<typeof createTracking>;
