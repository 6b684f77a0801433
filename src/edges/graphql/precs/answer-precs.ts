import type { ProductPrices } from "../../../catalog/index.ts";
import { newId } from "../../../kernel/index.ts";
import { pageTypes, type RecommendationQuery, withHistory } from "../../../recommendations/index.ts";
import type { Call, GraphqlDeps } from "../graphql-deps.ts";
import { answerUnits } from "../units/recommend-units.ts";
import { type Shopper, shopperOf } from "../units/shopper.ts";
import { blendRankers, type RankedSku } from "./blend-rankers.ts";
import { readFilterQuery } from "./filter-query.ts";
import type { ClientUnit, PrecsCall } from "./precs-call.ts";
import { precsProduct } from "./precs-product.ts";

type PrecsDeps = Pick<GraphqlDeps, "units" | "eligible" | "settings" | "recommend" | "logExposure" | "clock">;

type PricedShopper = Shopper & { readonly prices: ProductPrices | undefined };

const maxProducts = 100;

/** Units of ours: one by id or key, or those of a kind of page. */
export async function answerPreconfigured(deps: PrecsDeps, call: Call, body: PrecsCall, unitId?: string) {
  const startedMs = performance.now();
  const pageType = pageTypes.find((each) => each.toLowerCase() === body.pageType?.toLowerCase());
  const units = unitId !== undefined ? [unitId] : pageType ? { pageType } : [];
  const answers = await answerUnits(deps, call, body, units);
  const searchTime = Math.round(performance.now() - startedMs);
  const catalog = await call.priced();
  const results = answers.map((answer) => {
    const primaryProducts = answer.items.filter(({ queryType }) => queryType === "primary").length;
    return {
      unitId: unitId ?? answer.unitId,
      unitName: answer.unitName,
      unitType: "primary",
      typeId: answer.typeId,
      storefrontLabel: answer.label,
      pageType: answer.pageType,
      pagePlacement: deps.units.find(answer.unitId)?.body.placement ?? null,
      displayOrder: answer.displayOrder,
      searchTime,
      totalProducts: answer.items.length,
      primaryProducts,
      backupProducts: answer.items.length - primaryProducts,
      products: answer.items.flatMap((item) => {
        const product = catalog.get(item.sku);
        return product ? [precsProduct(product, catalog, item)] : [];
      }),
    };
  });
  return { totalResults: results.length, results };
}

/** Units that the client made from signals and filters. */
export async function answerClientUnits(deps: PrecsDeps, call: Call, body: PrecsCall) {
  const shopper = await shopperOf(call, body, deps.settings.currency);
  const seen = new Set<string>();
  const prices = await call.prices();
  const priced = { ...call, catalog: await call.priced() };
  return { units: body.units.map((unit) => clientUnit(deps, priced, unit, { ...shopper, prices }, seen)) };
}

function clientUnit(deps: PrecsDeps, call: Call, unit: ClientUnit, shopper: PricedShopper, seen: Set<string>) {
  const startedMs = performance.now();
  const ranked = rankedOf(deps, unit, shopper, seen);
  const page = ranked.slice(unit.offset, unit.offset + unit.limit);
  for (const { sku } of page) seen.add(sku);
  if (page.length > 0) logUnit(deps, call, unit, shopper, page);
  return {
    unitId: unit.unitId,
    unitName: unit.unitName,
    searchTime: Math.round(performance.now() - startedMs),
    totalResults: ranked.length,
    results: page.flatMap(({ sku, score, isFallback }, at) => {
      const product = call.catalog.get(sku);
      const rank = { rank: unit.offset + at + 1, score, queryType: isFallback ? "backup" : "primary" } as const;
      return product ? [precsProduct(product, call.catalog, rank)] : [];
    }),
  };
}

function rankedOf(
  deps: PrecsDeps,
  unit: ClientUnit,
  shopper: PricedShopper,
  seen: ReadonlySet<string>,
): readonly RankedSku[] {
  const filters = readFilterQuery(unit.filterQuery, deps.settings.currency);
  if (!filters) return [];
  const nowMs = deps.clock.now();
  const { history, currentSku } = shopper;
  const sources = {
    current_pdp: currentSku === null ? [] : [currentSku],
    cart: history.cartSkus ?? [],
    user_view_history: (history.viewed ?? []).map(({ sku }) => sku),
    user_purchase_history: (history.purchased ?? []).flatMap(({ skus }) => skus),
  };
  const ask = (step: Pick<RecommendationQuery, "unit" | "items">): readonly RankedSku[] => {
    const { items } = deps.recommend({
      ...step,
      limit: Math.min(maxProducts, unit.offset + unit.limit),
      profile: withHistory(shopper.profile?.state ?? null, history, nowMs),
      categoryPath: shopper.categoryPath,
      currentPrice: shopper.currentPrice,
      prices: shopper.prices,
      // What another unit of the call shows stays there; a unit asked twice for pages keeps its own order.
      seen: new Set(seen),
      nowMs,
    });
    return items.map(({ sku, score, isFallback }) => ({ sku, score, isFallback }));
  };
  return blendRankers(unit.rankers, sources, filters, ask);
}

function logUnit(deps: PrecsDeps, call: Call, unit: ClientUnit, shopper: Shopper, page: readonly RankedSku[]): void {
  const nowMs = deps.clock.now();
  deps.logExposure({
    decisionId: newId(nowMs),
    at: nowMs,
    placement: `recs:${unit.unitName || unit.unitId}`.slice(0, 100),
    kind: "unit",
    definitionId: unit.unitId,
    definitionVersion: 0,
    profileId: shopper.profile?.profileId ?? "",
    identityKey: call.identityKey,
    storeView: call.storeView,
    skus: page.map(({ sku }) => sku),
    scores: page.map(({ score }) => score),
    propensity: 1,
    policy: `recommendations/${unit.rankers.map(({ signal }) => signal).join("+")}`.slice(0, 100),
    reasons: [],
  });
}
