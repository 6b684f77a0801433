// Warnings over the published price rules, joined to who is in the audiences that they name.
import type { createAudiences } from "./audiences/index.ts";
import type { Catalog } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import type { Definitions } from "./definitions/index.ts";
import type { JoinedCatalogPrices } from "./join-catalog-prices.ts";
import type { JoinedOffers } from "./join-offers.ts";
import { ClienteleError, type Clock, type Logger } from "./kernel/index.ts";
import { localDateText, localDayOf } from "./kernel/rules/index.ts";
import { createConflicts, createNotLive } from "./offers/index.ts";

type Audiences = Pick<ReturnType<typeof createAudiences>, "idOf" | "membersOf" | "estimates">;

type Deps = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: Pick<Config, "timezone">;
  readonly definitions: Pick<Definitions, "live" | "kinds" | "find">;
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

/** Kinds whose changes decide who names what is not live. */
const namedKinds = [
  ...["audience", "price-rule-group", "cart-price-rule", "catalog-price-rule", "block", "block-rotation"],
  ...["offer", "offer-collection", "offer-placement", "offer-policy"],
];

export function joinConflicts({ clock, config, logger, definitions, catalog, audiences, offers, catalogPrices }: Deps) {
  const today = (nowMs: number) => localDateText(localDayOf(nowMs, config.timezone));
  const notLive = (nowMs: number) =>
    createNotLive({
      ...{ definitions, nowMs, today: today(nowMs) },
      find: async ({ kind, key }) => {
        try {
          return await definitions.find(kind, key);
        } catch (error) {
          if (error instanceof ClienteleError && error.code === "definitions.notFound") return undefined;
          throw error;
        }
      },
    });
  const conflicts = createConflicts({
    ...{ clock, logger },
    notLive: {
      basis: () => [...namedKinds.map((kind) => definitions.live(kind)), today(clock.now())],
      survey: (nowMs) => notLive(nowMs).survey(),
    },
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
  return {
    ...conflicts,
    /** What the newest version of a definition names that is not live. @throws {ClienteleError} `definitions.notFound` */
    notLiveOf: async (
      kind: Parameters<ReturnType<typeof createNotLive>["warningsOf"]>[0]["kind"],
      reference: string,
    ) => {
      const { key, name, body } = await definitions.find(kind, reference);
      return notLive(clock.now()).warningsOf({ kind, key, name, body });
    },
  };
}
