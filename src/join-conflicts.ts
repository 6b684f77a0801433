// Warnings over the published price rules, joined to who is in the audiences that they name.
import type { createAudiences } from "./audiences/index.ts";
import type { Catalog } from "./catalog/index.ts";
import type { Definitions } from "./definitions/index.ts";
import type { JoinedCatalogPrices } from "./join-catalog-prices.ts";
import type { JoinedOffers } from "./join-offers.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import { createConflicts } from "./offers/index.ts";

type Audiences = Pick<ReturnType<typeof createAudiences>, "idOf" | "membersOf" | "estimates">;

type Deps = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly definitions: Pick<Definitions, "live">;
  readonly catalog: Pick<Catalog, "current">;
  readonly audiences: Audiences;
  readonly offers: Pick<JoinedOffers, "cartRules">;
  readonly catalogPrices: Pick<JoinedCatalogPrices, "toSurvey">;
};

/**
 * Whether nobody is in a live audience. An audience that also looks at the request has members only then: it counts as if it had
 * somebody.
 */
export function createEmptyAudience({ idOf, membersOf, estimates }: Audiences) {
  return async (reference: string): Promise<boolean> => {
    const id = idOf(reference);
    if (id === undefined) return false;
    const [some] = await membersOf(id, null, 0);
    if (some) return false;
    const { count, exactness } = await estimates.preview(estimates.selectionOf({ rule: { audience: { ids: [id] } } }));
    return exactness === "exact" && count === 0;
  };
}

export function joinConflicts({ clock, logger, definitions, catalog, audiences, offers, catalogPrices }: Deps) {
  return createConflicts({
    ...{ clock, logger },
    cart: offers.cartRules.toSurvey,
    catalog: catalogPrices.toSurvey,
    basis: () => [
      ...["cart-price-rule", "price-rule-group", "audience"].map((kind) => definitions.live(kind)),
      // Those of which the prices are worked out: a publication counts a moment later.
      catalogPrices.toSurvey(clock.now()).rules,
      catalogPrices.toSurvey(clock.now()).today,
    ],
    catalogVersion: () => catalog.current().version,
    isAudience: (reference) => audiences.idOf(reference) !== undefined,
    isEmptyAudience: createEmptyAudience(audiences),
  });
}
