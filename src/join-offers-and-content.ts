// Cart price rules and the content that is tied to price rules.
import { joinBlocks, skusOf } from "./join-blocks.ts";
import type { JoinedCatalogPrices } from "./join-catalog-prices.ts";
import { type ContentDeps, joinAssets, joinVariations } from "./join-content.ts";
import type { joinDecisions } from "./join-decisions.ts";
import type { joinOfferDecisions } from "./join-offer-decisions.ts";
import { joinOffers } from "./join-offers.ts";
import type { Coupons } from "./offers/index.ts";

type Deps = ContentDeps &
  Omit<Parameters<typeof joinOffers>[0], "look" | "pricesOf"> &
  Pick<Parameters<typeof joinBlocks>[0], "catalog" | "audiences" | "rotations"> & {
    readonly coupons: Pick<Coupons, "look">;
    readonly catalogPrices: Pick<JoinedCatalogPrices, "pricesOf" | "firedRules" | "askerOf">;
    readonly offerDecisions: Pick<ReturnType<typeof joinOfferDecisions>, "askCartRules">;
  };

type Prepare = NonNullable<Parameters<typeof joinDecisions>[0]["prepare"]>;

/** Call before the definitions start: it registers kinds. */
export function joinOffersAndContent({ coupons, catalogPrices, offerDecisions, ...deps }: Deps) {
  const offers = joinOffers({ ...deps, look: coupons.look, pricesOf: catalogPrices.pricesOf });
  const assets = joinAssets(deps);
  const blocks = joinBlocks({
    ...deps,
    pictures: assets.pictures,
    pricesOf: catalogPrices.pricesOf,
    prepareFiring: offers.prepareFiring,
    firedRules: (call) => ({
      cartRules: new Set(offers.rulesThatFire(call).applied),
      catalogRules: new Set(catalogPrices.firedRules({ ...catalogPrices.askerOf(call), at: call.nowMs }, skusOf(call))),
    }),
  });
  /** Looks up what a decision may ask of price rules and rotations. */
  const prepare: Prepare = async (context, request) => {
    const { cart, placements, identityKey, rotations = {}, caller = { isTrusted: false, ip: "" } } = request;
    // Prices that a server said of this cart; the one of the events may be a browser's.
    const sender = { ip: caller.ip, identityKey, isTrusted: caller.isTrusted && cart !== null };
    if (offerDecisions.askCartRules()) await offers.prepareFiring(context, sender);
    else await blocks.prepare(context, sender, placements);
    await blocks.loadStates(placements, context, { identityKey, rotations, mayRemember: !request.preview });
  };
  return { offers, assets, blocks, prepare, variations: joinVariations(deps) };
}
