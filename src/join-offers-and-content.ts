// Cart price rules and the content that is tied to price rules.
import { priceRuleKinds } from "./content/index.ts";
import type { LiveDefinition } from "./definitions/index.ts";
import { joinBlocks, skusOf } from "./join-blocks.ts";
import type { JoinedCatalogPrices, PricedVisitor } from "./join-catalog-prices.ts";
import { type ContentDeps, joinAssets, joinVariations } from "./join-content.ts";
import type { joinDecisions } from "./join-decisions.ts";
import type { joinOfferDecisions } from "./join-offer-decisions.ts";
import { joinOffers } from "./join-offers.ts";
import { type CatalogRuleBody, type Coupons, priceRuleGroupKindName } from "./offers/index.ts";

type Deps = ContentDeps &
  Omit<Parameters<typeof joinOffers>[0], "look" | "glance" | "pricesOf"> &
  Pick<Parameters<typeof joinBlocks>[0], "catalog" | "audiences" | "rotations"> & {
    readonly coupons: Pick<Coupons, "look" | "glance">;
    readonly catalogPrices: Pick<JoinedCatalogPrices, "pricesOf" | "pricesFor" | "firedRules" | "askerOf">;
    readonly offerDecisions: Pick<ReturnType<typeof joinOfferDecisions>, "askFiring">;
  };

/** Calls take less: one at another time is a preview, and asks for what is in effect then. */
const sameTimeMs = 60_000;
const isNow = (atMs: number, nowMs: number): boolean => Math.abs(atMs - nowMs) <= sameTimeMs;

function asCatalogRule(definition: LiveDefinition<unknown>): readonly LiveDefinition<CatalogRuleBody>[] {
  // A definition of this kind was checked against its schema.
  return definition.kind === "catalog-price-rule" ? [definition as LiveDefinition<CatalogRuleBody>] : [];
}

type Prepare = NonNullable<Parameters<typeof joinDecisions>[0]["prepare"]>;

/** Call before the definitions start: it registers kinds. */
export function joinOffersAndContent({ coupons, catalogPrices, offerDecisions, ...deps }: Deps) {
  const { clock, definitions } = deps;
  const pricesOf = (visitor: PricedVisitor & { readonly nowMs: number }) =>
    isNow(visitor.nowMs, clock.now())
      ? catalogPrices.pricesOf(visitor)
      : catalogPrices.pricesFor({ ...catalogPrices.askerOf(visitor), at: visitor.nowMs });
  const toCome = new WeakMap<object, readonly LiveDefinition<unknown>[]>();
  const offers = joinOffers({
    ...deps,
    look: coupons.look,
    glance: coupons.glance,
    pricesOf,
    rulesToCome: (call) => toCome.get(call),
  });
  const assets = joinAssets(deps);
  const blocks = joinBlocks({
    ...deps,
    pictures: assets.pictures,
    pricesOf,
    prepareFiring: offers.prepareFiring,
    lookAhead: async (call) => {
      // Those that are due by now are in effect.
      if (call.nowMs <= clock.now()) return;
      toCome.set(call, await definitions.pending([...priceRuleKinds, priceRuleGroupKindName], call.nowMs));
    },
    firedRules: (call) => ({
      cartRules: new Set(offers.rulesThatFire(call).applied),
      catalogRules: new Set(
        catalogPrices.firedRules(
          { ...catalogPrices.askerOf(call), at: call.nowMs },
          skusOf(call),
          toCome.get(call)?.flatMap(asCatalogRule),
        ),
      ),
    }),
  });
  /** Looks up what a decision may ask of price rules and rotations. */
  const prepare: Prepare = async (context, request) => {
    const { cart, placements, identityKey, rotations = {}, caller = { isTrusted: false, ip: "" } } = request;
    if (request.asOf !== null) await blocks.lookAhead(context);
    // Prices that a server said of this cart; the one of the events may be a browser's.
    const sender = { ip: caller.ip, identityKey, isTrusted: caller.isTrusted && cart !== null };
    if (offerDecisions.askFiring(placements, request.context)) await offers.prepareFiring(context, sender);
    else await blocks.prepare(context, sender, placements);
    await blocks.loadStates(placements, context, { identityKey, rotations, mayRemember: !request.preview });
  };
  return { offers, assets, blocks, prepare, variations: joinVariations(deps) };
}
