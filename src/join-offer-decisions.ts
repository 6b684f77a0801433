// Offer decisioning joins the event path where profiles are judged and observed, the decision path as a decider, privacy where persons
// are erased.
import type { FastifyPluginAsync } from "fastify";
import type { AuditTrail } from "./access/index.ts";
import type { createAudienceRules } from "./audiences/index.ts";
import type { Config } from "./config.ts";
import type { createDecide, DecisionContext } from "./decisions/index.ts";
import { type Definitions, isInWindow } from "./definitions/index.ts";
import { ClienteleError, type Clock, type Logger } from "./kernel/index.ts";
import { dayMs, localDayOf } from "./kernel/rules/index.ts";
import {
  type CartRuleBody,
  cartRuleKindName,
  createOfferDecisions,
  createOfferRoutes,
  createSimulation,
  type OfferDecisions,
} from "./offers/index.ts";
import type { PrivacyParticipant } from "./privacy/index.ts";
import type { Profiles } from "./profiles/index.ts";
import { runs } from "./roles.ts";
import type { Engines } from "./storage/index.ts";

/** Made before the profiles, whose events it counts; its kinds are registered here. */
export function joinOfferDecisions(deps: {
  readonly engines: Pick<Engines, "postgres" | "clickhouse">;
  readonly config: Pick<Config, "roles" | "timezone">;
  readonly definitions: Definitions;
  readonly rules: Pick<ReturnType<typeof createAudienceRules>, "faultsOf" | "compile">;
  /** Whether a rule may still be used beyond its dates, e.g. its budget; default: yes. */
  readonly hasBudget?: (ruleKey: string) => boolean;
  /** Keys of the cart price rules that would change the cart in hand. */
  readonly rulesThatFire: (call: {
    readonly profile: DecisionContext["profile"];
    readonly cart: DecisionContext["cart"];
    readonly storeView: string;
    readonly nowMs: number;
  }) => { readonly applied: readonly string[] };
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { clock, config, definitions, engines, logger, rules } = deps;
  // One evaluation a call, however many offers ask.
  const fired = new WeakMap<DecisionContext, ReadonlySet<string>>();
  const firing = (context: DecisionContext): ReadonlySet<string> => {
    const { profile, cart, storeView, nowMs } = context;
    const known = fired.get(context) ?? new Set(deps.rulesThatFire({ profile, cart, storeView, nowMs }).applied);
    fired.set(context, known);
    return known;
  };
  const offers = createOfferDecisions({
    postgres: engines.postgres,
    clickhouse: engines.clickhouse,
    definitions,
    checkRule: (rule, use, prefix) => rules.faultsOf(rule, use, prefix),
    compileEventRule: (rule) => rules.compile(rule, { use: "tracking_plan" }),
    cartRules: {
      isOpen: (ruleKey, nowMs) => {
        const rule = definitions.live<CartRuleBody>(cartRuleKindName).find(({ key }) => key === ruleKey);
        if (!rule || !isInWindow(rule, nowMs)) return false;
        const { from, to } = rule.body;
        const today = new Date(localDayOf(nowMs, config.timezone) * dayMs).toISOString().slice(0, 10);
        return (!from || from <= today) && (!to || today <= to) && (deps.hasBudget?.(ruleKey) ?? true);
      },
      // How much a cart lacks is not told yet: an offer that is shown near a rule is shown where the rule applies.
      judge: (ruleKey, context) => ({ applies: firing(context).has(ruleKey), missing: null }),
    },
    isTrainer: runs(config.roles, "training"),
    timezone: config.timezone,
    audit: deps.audit,
    clock,
    logger,
  });
  definitions.register(offers.kinds.placement);
  definitions.register(offers.kinds.offer);
  definitions.register(offers.kinds.collection);
  definitions.register(offers.kinds.policy);
  return {
    ...offers,
    /** As `profiles.find`, with what caps need to know of the visitor. */
    finding:
      (find: Profiles["find"]): Profiles["find"] =>
      async (...asked) =>
        offers.prepare(await find(...asked)),
    /** Routes of offers, once profiles and the decision path stand. */
    routes: (path: {
      readonly profiles: Pick<Profiles, "sample" | "get">;
      readonly decide: ReturnType<typeof createDecide>["decide"];
      readonly defaultStoreView: string;
    }): FastifyPluginAsync =>
      createOfferRoutes({
        models: offers.models,
        simulate: async ({ policy, placement, profiles, context }) => {
          const placed = offers.decider.candidates().filter(({ key }) => key === policy);
          const at = placement === undefined ? placed[0] : placed.find(({ body }) => body.placement === placement);
          if (!at)
            throw new ClienteleError("offers.policyNotFound", `no live offer policy ${policy} is shown at that place`);
          const storeView = context["storeView"];
          const simulation = createSimulation(policy);
          for (const { profileId } of await path.profiles.sample(null, profiles)) {
            const profile = await path.profiles.get(profileId);
            if (!profile) continue;
            const found = await offers.prepare({ ok: true, profile, by: "simulation" });
            simulation.add(
              path.decide(found, {
                placements: [at.body.placement],
                storeView: typeof storeView === "string" ? storeView : path.defaultStoreView,
                ...{ context, cart: null, items: [], categoryPath: null, asOf: null, identityKey: "" },
                ...{ explain: true, preview: true },
              }),
            );
          }
          return simulation.result();
        },
      }),
  };
}

export function offerParticipant(offers: Pick<OfferDecisions, "erase" | "forget">): PrivacyParticipant {
  return {
    name: "offers",
    tables: ["offer_counts"],
    erase: (tx, { person }) => offers.erase(tx, person.profileIds),
    forget: (person) => offers.forget(person.profileIds),
  };
}
