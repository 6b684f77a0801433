// Offer decisioning joins the event path where profiles are judged and observed, the decision path as a decider, privacy where persons
// are erased.
import type { FastifyPluginAsync } from "fastify";
import type { AuditTrail } from "./access/index.ts";
import type { createAudienceRules } from "./audiences/index.ts";
import type { Config } from "./config.ts";
import type { createDecide, DecisionContext } from "./decisions/index.ts";
import type { Definitions } from "./definitions/index.ts";
import { createOfferRules, type FiringCart } from "./join-offer-rules.ts";
import { ClienteleError, type Clock, type Logger, type Money } from "./kernel/index.ts";
import {
  createOfferDecisions,
  createOfferPreviewRoutes,
  createOfferRoutes,
  createRuleBudgets,
  createSimulation,
  type OfferDecisions,
  type OfferPreviewDeps,
} from "./offers/index.ts";
import type { PrivacyParticipant } from "./privacy/index.ts";
import type { Person, Profiles } from "./profiles/index.ts";
import { runs } from "./roles.ts";
import type { Engines } from "./storage/index.ts";

/** Made before the profiles, whose events it counts; its kinds are registered here. */
export function joinOfferDecisions(deps: {
  readonly engines: Pick<Engines, "postgres" | "clickhouse">;
  readonly config: Pick<Config, "roles" | "timezone">;
  readonly definitions: Definitions;
  readonly rules: Pick<ReturnType<typeof createAudienceRules>, "faultsOf" | "compile">;
  /** What rules with a budget have used, reservations included; default: nothing is used. */
  readonly spent?: () => Promise<ReadonlyMap<string, { readonly uses: number; readonly minor: number }>>;
  /** Cart price rules that would change the cart in hand, and those that it is near to. */
  readonly rulesThatFire: (call: DecisionContext) => FiringCart;
  /** A code of the rule's pool, the same one for the same key; default: no rule has a pool. */
  readonly issueCode?: Parameters<typeof createOfferDecisions>[0]["issueCode"];
  /** Those of these codes that an order has used or reserved; default: none is. */
  readonly usedCodes?: Parameters<typeof createOfferDecisions>[0]["usedCodes"];
  /** An amount in another currency at today's rate; default: none can be converted. */
  readonly convert?: (money: Money, to: string) => Money | undefined;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { clock, config, definitions, engines, logger, rules } = deps;
  const cartRules = createOfferRules(deps);
  const budgets = createRuleBudgets({
    budgetOf: cartRules.budgetOf,
    spent: deps.spent ?? (async () => new Map()),
    isNeeded: () => offers.askCartRules(),
    logger,
  });
  const offers = createOfferDecisions({
    postgres: engines.postgres,
    clickhouse: engines.clickhouse,
    definitions,
    checkRule: (rule, use, prefix) => rules.faultsOf(rule, use, prefix),
    compileEventRule: (rule) => rules.compile(rule, { use: "tracking_plan" }),
    cartRules: {
      isOpen: (ruleKey, nowMs) => cartRules.isOpen(ruleKey, nowMs) && budgets.hasBudget(ruleKey),
      judge: cartRules.judge,
      convert: deps.convert ?? (() => undefined),
    },
    issueCode: deps.issueCode ?? (async () => undefined),
    usedCodes: deps.usedCodes ?? (async () => []),
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
  type Path = {
    readonly profiles: Pick<Profiles, "sample" | "get">;
    readonly decide: ReturnType<typeof createDecide>["decide"];
    readonly defaultStoreView: string;
    readonly readCart: (cart: unknown) => DecisionContext["cart"];
  };
  /** A draft of an offer among what is live, for somebody or nobody. */
  const previewing =
    ({ profiles, decide, defaultStoreView, readCart }: Path): OfferPreviewDeps["preview"] =>
    async ({ draft, placements, profileId, context, cart, asOf }) => {
      const { body, key = "draft", name, storeViews, schedule } = draft;
      const faults = await definitions.faultsOf("offer", { key, name, scope: { storeViews }, schedule, body });
      if (faults.length > 0)
        throw new ClienteleError("offers.badDraft", `the offer has ${faults.length} faults`, {
          details: faults.slice(0, 200),
        });
      const profile = profileId === undefined ? null : await profiles.get(profileId);
      if (profileId !== undefined && !profile)
        throw new ClienteleError("decisions.unknownPreviewProfile", `no profile ${profileId}`);
      offers.useDraft(context, draft);
      const storeView = context["storeView"];
      const found = await offers.prepare(
        profile ? { ok: true, profile, by: "preview" } : { ok: false, reason: "no_identity" },
      );
      const { decisions } = await decide(found, {
        ...{ placements, context, cart: readCart(cart), items: [], categoryPath: null, asOf, identityKey: "" },
        ...{ explain: true, preview: true, storeView: typeof storeView === "string" ? storeView : defaultStoreView },
      });
      return decisions.map((decision) => ({ ...decision, explain: decision.explain ?? null }));
    };
  return {
    ...offers,
    /** Uses of price rules have changed, and of these codes: resolves when decisions go by it. */
    rulesUsed: async (codes: readonly string[]): Promise<void> => {
      offers.codesChanged(codes);
      await budgets.used();
    },
    /** Job of every process that answers, each second. */
    refreshCounts: async (): Promise<void> => {
      await offers.refreshCounts();
      await budgets.refresh();
    },
    /** As `profiles.find`, with what caps need to know of the visitor. */
    finding:
      (find: Profiles["find"]): Profiles["find"] =>
      async (...asked) =>
        offers.prepare(await find(...asked)),
    /** Routes of offers, once profiles and the decision path stand. */
    routes:
      (given: Path): FastifyPluginAsync =>
      async (app) => {
        // As calls are decided: what visitors have had is known.
        const path: Path = { ...given, decide: offers.taking(given.decide) };
        await app.register(createOfferPreviewRoutes({ preview: previewing(path) }));
        await app.register(
          createOfferRoutes({
            models: offers.models,
            simulate: async ({ policy, placement, profiles, context }) => {
              const placed = offers.decider.candidates().filter(({ key }) => key === policy);
              const at = placement === undefined ? placed[0] : placed.find(({ body }) => body.placement === placement);
              if (!at)
                throw new ClienteleError(
                  "offers.policyNotFound",
                  `no live offer policy ${policy} is shown at that place`,
                );
              const storeView = context["storeView"];
              const simulation = createSimulation(policy);
              for (const { profileId } of await path.profiles.sample(null, profiles)) {
                const profile = await path.profiles.get(profileId);
                if (!profile) continue;
                const found = await offers.prepare({ ok: true, profile, by: "simulation" });
                simulation.add(
                  await path.decide(found, {
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
        );
      },
  };
}

/** Devices of a person as offers know them; one that has changed hands is somebody else's. */
export function devicesOf({ identifiers }: Pick<Person, "identifiers">): readonly string[] {
  return identifiers
    .filter(({ namespace, validTo }) => validTo === null && (namespace === "anonymous_id" || namespace === "ecid"))
    .map(({ namespace, value }) => `${namespace}:${value}`);
}

export function offerParticipant(
  offers: Pick<OfferDecisions, "countsOf" | "erase" | "forget" | "limitsOf">,
): PrivacyParticipant {
  return {
    name: "offers",
    tables: [
      ...["offer_counts", "offer_holds", "offer_codes", "offer_former_codes"],
      ...["offer_person_stock", "offer_person_moves"],
    ],
    erase: (tx, { person }) => offers.erase(tx, person.profileIds, devicesOf(person)),
    forget: (person) => offers.forget(person.profileIds, devicesOf(person)),
    exports: [
      {
        file: "offer-counts",
        rows: async function* ({ profileIds }) {
          yield* await offers.countsOf(profileIds);
        },
      },
      {
        file: "offer-limits",
        rows: async function* (person) {
          yield* await offers.limitsOf(person.profileIds, devicesOf(person));
        },
      },
    ],
  };
}
