// The one decision path: who → memberships → for each placement candidates → eligibility → value with reasons → exposure.
import { ClienteleError, type Clock, type JsonObject, type JsonValue, type Logger, newId } from "../kernel/index.ts";
import type { Exposure } from "../measurement/index.ts";
import { type Cart, type FoundProfile, type Profile, refusesPersonalisation } from "../profiles/index.ts";
import { createCandidateIndex, type PlacedCandidate } from "./candidates.ts";
import type { Claims, Decided, Decider, DecisionContext, Judge, PlacedBody, PlacementCall, Reason } from "./decider.ts";

export type DecideRequest = {
  readonly placements: readonly string[];
  readonly storeView: string;
  readonly context: JsonObject;
  readonly cart: Cart | null;
  readonly items: readonly string[];
  readonly categoryPath: string | null;
  readonly explain: boolean;
  /** Preview time; null = now. */
  readonly asOf: number | null;
  /** A preview leaves no exposure. */
  readonly preview: boolean;
  readonly identityKey: string;
  /** Keys of offers that the page shows already; default none. */
  readonly exclude?: readonly string[];
  /** States of rotations that the client sent back, by the rotation's id; default none. */
  readonly rotations?: Readonly<Record<string, string>>;
  /** Who sends the cart; default a browser at no known address. */
  readonly caller?: Caller;
  /** Handed on to deciders. */
  readonly claims?: Claims;
};

export type Caller = {
  /** A server, whose prices and totals count. */
  readonly isTrusted: boolean;
  readonly ip: string;
};

export type Decision = {
  readonly placement: string;
  readonly kind: string | null;
  readonly value: JsonObject | null;
  readonly decisionId: string;
  readonly reasons: readonly Reason[];
  readonly explain?: JsonValue;
};

export type DecideAnswer = {
  readonly profileId: string | null;
  readonly decisions: readonly Decision[];
  readonly reasons: readonly Reason[];
};

export type DecideDeps = {
  readonly deciders: readonly Decider[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Judge of one call: its profile, cart and request context. */
  readonly judge: (profile: Profile | null, context: DecisionContext, request: DecideRequest) => Judge;
  readonly isInWindow: (
    definition: { readonly window: { readonly fromMs: number | null; readonly toMs: number | null } },
    nowMs: number,
  ) => boolean;
  readonly logExposure: (exposure: Exposure) => void;
  /** Looks up what deciders need of a call and memory does not hold, before they are asked; it must not fail. */
  readonly prepare?: (context: DecisionContext, request: DecideRequest) => Promise<void>;
};

export const maxPlacements = 50;

/** @throws {ClienteleError} `decisions.tooManyPlacements` */
export function assertPlacements(placements: readonly string[]): void {
  if (placements.length <= maxPlacements) return;
  throw new ClienteleError(
    "decisions.tooManyPlacements",
    `${placements.length} placements in one call; the limit is ${maxPlacements}`,
  );
}

const nobodyText: Readonly<Record<string, string>> = {
  no_identity: "No identity came with the call",
  unknown: "Nobody is known by this identity yet",
  identity_not_verified: "The visitor is tied to a customer by an unproven claim; send an identity token",
  no_consent: "The visitor refused personalisation",
};

type Verdict =
  | { readonly eligible: true; readonly because: Reason }
  | { readonly eligible: false; readonly because: Reason };

type Attempt =
  | { readonly outcome: "shown"; readonly reason: Reason; readonly result: Decided }
  | { readonly outcome: "refused" | "empty" | "failed"; readonly reason: Reason; readonly detail?: JsonValue };

function judgeCandidate(
  candidate: {
    readonly definition: {
      readonly scope: { readonly storeViews: readonly string[] | null };
      readonly body: PlacedBody;
      readonly window: { readonly fromMs: number | null; readonly toMs: number | null };
    };
  },
  judge: Judge,
  context: DecisionContext,
  inWindow: DecideDeps["isInWindow"],
  explain: boolean,
): Verdict {
  const { definition } = candidate;
  const { body, scope } = definition;
  if (scope.storeViews !== null && !scope.storeViews.includes(context.storeView)) {
    return { eligible: false, because: { code: "scope", text: `Not for store view ${context.storeView}` } };
  }
  if (!inWindow(definition, context.nowMs))
    return { eligible: false, because: { code: "schedule", text: "Outside its schedule" } };
  let because: Reason = { code: "everybody", text: "Shown to everybody" };
  if (body.audiences.length > 0) {
    const audience = body.audiences.find((key) => judge.isMember(key));
    if (audience === undefined) {
      return {
        eligible: false,
        because: {
          code: "audience",
          text: `The visitor is in none of: ${body.audiences.join(", ")}`,
          audiences: body.audiences,
          ...(explain ? { rule: judge.explainAudience(body.audiences[0] ?? "") } : {}),
        },
      };
    }
    because = {
      code: "audience",
      text: `The visitor is in audience ${audience}`,
      audience,
      ...(explain ? { rule: judge.explainAudience(audience) } : {}),
    };
  }
  if (!judge.holds(body))
    return {
      eligible: false,
      because: { code: "rule", text: "Its rule does not hold", rule: judge.explainRule(body) },
    };
  return { eligible: true, because };
}

/**
 * Answers "what does this visitor see here" for up to 50 placements at once.
 *
 * Reads memory only; the profile was found before, and what `prepare` looks up. Each answer carries reasons, and with `explain` also what was considered
 * and thrown out, by which leaf of which rule.
 */
export function createDecide(deps: DecideDeps) {
  const index = createCandidateIndex(deps.deciders);
  const contexts = new WeakMap<Claims, DecisionContext>();

  /** A definition that fails must not take the page with it: the next one in line is shown. */
  const attempt = (candidate: PlacedCandidate, context: DecisionContext, call: PlacementCall): Attempt => {
    const { decider, definition } = candidate;
    try {
      const verdict = judgeCandidate(candidate, call.judge, context, deps.isInWindow, call.explain);
      if (!verdict.eligible) return { outcome: "refused", reason: verdict.because };
      const result = decider.decide(definition, context, call);
      if (!result.ok)
        return {
          outcome: "empty",
          reason: result.reason,
          ...(result.explain === undefined ? {} : { detail: result.explain }),
        };
      return { outcome: "shown", reason: verdict.because, result };
    } catch (error) {
      deps.logger.error(
        { err: error, kind: decider.kind, definitionId: definition.id },
        "a definition failed to decide",
      );
      return { outcome: "failed", reason: { code: "failed", text: "It failed to decide; the server's log says why" } };
    }
  };

  const decideOne = (
    placement: string,
    context: DecisionContext,
    judge: Judge,
    request: DecideRequest,
    who: readonly Reason[],
    exclude: Set<string>,
  ): Decision => {
    const decisionId = newId(deps.clock.now());
    const call: PlacementCall = {
      ...{ placement, decisionId, judge, exclude, explain: request.explain, preview: request.preview },
      ...{ identityKey: request.identityKey, context: request.context, rotations: request.rotations ?? {} },
      ...(request.claims ? { claims: request.claims } : {}),
      mayRemember: !request.preview && !who.some(({ code }) => code === "no_consent"),
    };
    const considered: JsonValue[] = [];
    const failures: Reason[] = [];
    for (const candidate of index.of(placement)) {
      const { decider, definition } = candidate;
      const about = {
        kind: decider.kind,
        id: definition.id,
        key: definition.key,
        name: definition.name,
        version: definition.version,
        priority: definition.body.priority,
      };
      const attempted = attempt(candidate, context, call);
      const { outcome, reason } = attempted;
      if (attempted.outcome !== "shown") {
        if (outcome === "failed") failures.push({ ...reason, definition: definition.key });
        const { detail } = attempted;
        if (request.explain)
          considered.push({ ...about, outcome, reason, ...(detail === undefined ? {} : { detail }) });
        continue;
      }
      const { result } = attempted;
      if (request.explain) considered.push({ ...about, outcome, reason, detail: result.explain ?? null });
      if (!request.preview) {
        deps.logExposure({
          decisionId,
          at: context.nowMs,
          placement,
          kind: result.kind,
          definitionId: result.shown?.id ?? definition.id,
          definitionVersion: result.shown?.version ?? definition.version,
          profileId: context.profile?.profileId ?? "",
          identityKey: request.identityKey,
          storeView: context.storeView,
          skus: result.skus,
          scores: result.scores,
          propensity: result.propensity,
          policy: result.policy,
          reasons: result.reasons.map((reason) => reason.code),
        });
      }
      const reasons = [reason, ...result.reasons, ...failures, ...who];
      const decision = { placement, kind: result.kind, value: result.value, decisionId, reasons };
      return request.explain ? { ...decision, explain: { considered } } : decision;
    }
    const none: Reason = {
      code: "nothing_eligible",
      text: "Nothing that is live at this placement may be shown to this visitor",
    };
    const decision = { placement, kind: null, value: null, decisionId, reasons: [none, ...failures, ...who] };
    return request.explain ? { ...decision, explain: { considered } } : decision;
  };

  return {
    placements: index.placements,

    /** @throws {ClienteleError} `decisions.tooManyPlacements` */
    decide: async (found: FoundProfile, request: DecideRequest): Promise<DecideAnswer> => {
      assertPlacements(request.placements);
      const refused = found.ok && refusesPersonalisation(found.profile.state);
      const profile = found.ok && !refused ? found.profile : null;
      const nobody = refused ? "no_consent" : found.ok ? null : found.reason;
      const who: Reason[] = nobody === null ? [] : [{ code: nobody, text: nobodyText[nobody] ?? nobody }];
      // A call that is decided again is decided at the same moment, by what was looked up for it.
      const before = request.claims && contexts.get(request.claims);
      before?.seen.clear();
      const context: DecisionContext = before ?? {
        nowMs: request.asOf ?? deps.clock.now(),
        storeView: request.storeView,
        profile,
        cart: request.cart ?? profile?.state.cart ?? null,
        items: request.items,
        categoryPath: request.categoryPath,
        seen: new Set(),
      };
      if (!before) await deps.prepare?.(context, request);
      if (request.claims) contexts.set(request.claims, context);
      const judge = deps.judge(profile, context, request);
      const exclude = new Set(request.exclude);
      const decisions = request.placements.map((placement) =>
        decideOne(placement, context, judge, request, who, exclude),
      );
      // A visitor who is known only by the events of this call has no id yet.
      return { profileId: profile?.profileId || null, decisions, reasons: who };
    },
  };
}
