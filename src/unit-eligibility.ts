// Who may see a recommendation unit, for clients that ask for units and not for placements: the same audiences and rules decide.
import type { createAudienceRules, createAudiences } from "./audiences/index.ts";
import { createJudges } from "./decisions/index.ts";
import type { Clock } from "./kernel/index.ts";
import type { Profile } from "./profiles/index.ts";
import type { LiveUnit } from "./recommendations/index.ts";

export type UnitEligibility = ReturnType<typeof createUnitEligibility>;

export function createUnitEligibility(deps: {
  readonly rules: Pick<ReturnType<typeof createAudienceRules>, "compile">;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf" | "isMember">;
  readonly clock: Clock;
}) {
  const { audiences, clock } = deps;
  const judges = createJudges({ compile: (rule) => deps.rules.compile(rule) });
  /** @param identityKey `namespace:value` of the visitor as the client knows them; empty = none */
  return (profile: Profile | null, storeView: string, identityKey: string): ((unit: LiveUnit) => boolean) => {
    const nowMs = clock.now();
    const subject = audiences.subjectOf(profile, {
      cart: profile?.state.cart ?? null,
      context: { store_view: storeView },
      product: undefined,
      bucketValue: identityKey,
    });
    const isMember = (key: string) => audiences.isMember(key, profile, subject, nowMs);
    const judge = judges(subject, nowMs, { isMember, explainAudience: () => null });
    return ({ body }) => (body.audiences.length === 0 || body.audiences.some(isMember)) && judge.holds(body);
  };
}
