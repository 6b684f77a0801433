// Cart price rules and the content that is tied to price rules.
import { joinBlocks, skusOf } from "./join-blocks.ts";
import type { JoinedCatalogPrices } from "./join-catalog-prices.ts";
import { type ContentDeps, joinAssets, joinVariations } from "./join-content.ts";
import { joinOffers } from "./join-offers.ts";
import type { Coupons } from "./offers/index.ts";

type Deps = ContentDeps &
  Omit<Parameters<typeof joinOffers>[0], "look" | "pricesOf"> &
  Pick<Parameters<typeof joinBlocks>[0], "catalog" | "audiences" | "rotations"> & {
    readonly coupons: Pick<Coupons, "look">;
    readonly catalogPrices: Pick<JoinedCatalogPrices, "pricesOf" | "firedRules" | "askerOf">;
  };

/** Call before the definitions start: it registers kinds. */
export function joinOffersAndContent({ coupons, catalogPrices, ...deps }: Deps) {
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
  return { offers, assets, blocks, variations: joinVariations(deps) };
}
