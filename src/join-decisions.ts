// The one decision path with what it decides among: blocks, recommendation units and more, by the same audiences and rules.
import type { createAudienceRules, createAudiences } from "./audiences/index.ts";
import { createDecide, createJudges, type Decider } from "./decisions/index.ts";
import { type Definitions, isInWindow } from "./definitions/index.ts";
import type { Clock, JsonValue, Logger } from "./kernel/index.ts";
import type { createMeasurement } from "./measurement/index.ts";
import type { createRecommendations, UnitBody } from "./recommendations/index.ts";

export function joinDecisions(deps: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly definitions: Pick<Definitions, "live">;
  readonly rules: Pick<ReturnType<typeof createAudienceRules>, "compile">;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf" | "isMember" | "explain">;
  readonly recommendations: Pick<ReturnType<typeof createRecommendations>, "decide">;
  readonly measurement: Pick<ReturnType<typeof createMeasurement>, "logExposure">;
  /** Of other kinds that are shown at placements. */
  readonly deciders: readonly Decider[];
  /** Looks up what they need of a call and memory does not hold. */
  readonly prepare: NonNullable<Parameters<typeof createDecide>[0]["prepare"]>;
}) {
  const { audiences, clock, definitions, logger, measurement, recommendations, rules } = deps;
  const units: Decider<UnitBody> = {
    kind: "unit",
    candidates: () => definitions.live<UnitBody>("unit"),
    decide: recommendations.decide,
  };
  const judges = createJudges({ compile: (rule) => rules.compile(rule) });
  return createDecide({
    deciders: [units, ...deps.deciders],
    clock,
    logger,
    isInWindow,
    logExposure: measurement.logExposure,
    prepare: deps.prepare,
    judge: (profile, context, request) => {
      const subject = audiences.subjectOf(profile, {
        cart: context.cart,
        // The name that rules know the store view by, whatever the caller wrote there.
        context: { ...request.context, store_view: context.storeView },
        product: context.items[0],
        bucketValue: request.identityKey,
      });
      return judges(subject, context.nowMs, {
        isMember: (key) => audiences.isMember(key, profile, subject, context.nowMs),
        // An explanation is JSON by construction.
        explainAudience: (key) => (audiences.explain(key, subject, context.nowMs) ?? null) as JsonValue,
      });
    },
  });
}
