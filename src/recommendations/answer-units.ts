// Units by page or by id, as foreign clients ask for them: with the page's other units in mind, one answer each.
import type { ProductPrices } from "../catalog/index.ts";
import { isInWindow, type LiveDefinition } from "../definitions/index.ts";
import { type Money, newId } from "../kernel/index.ts";
import type { Exposure } from "../measurement/index.ts";
import type { ProfileState } from "../profiles/index.ts";
import { type GivenHistory, withHistory } from "./given-history.ts";
import type { PageMemory } from "./page-memory.ts";
import type { Recommendation, RecommendedItem } from "./recommend.ts";
import type { RecommendationQuery } from "./recommendation-query.ts";
import { type Strategy, toStrategy, typeIdOf } from "./strategy.ts";
import type { PageType, UnitBody } from "./unit.ts";

export type LiveUnit = LiveDefinition<UnitBody>;

/** Units for one shopper on one page. */
export type UnitsQuery = {
  /** Ids or keys, in the order of the answer; or all units of a kind of page. */
  readonly units: readonly string[] | { readonly pageType: PageType };
  readonly profile: ProfileState | null;
  readonly profileId?: string;
  /** `namespace:value` of the visitor as the client knows them; empty = none. */
  readonly identityKey?: string;
  readonly history?: GivenHistory;
  /** The product of a product page; empty or null = none. */
  readonly currentSku?: string | null;
  readonly currentPrice?: Money | null;
  /** Products of a cart or an order page, when they are not in the cart. */
  readonly items?: readonly string[];
  readonly categoryPath?: string | null;
  readonly storeView: string;
  /** What products cost the shopper; default: what the catalog says. */
  readonly prices?: ProductPrices | undefined;
  /** Whatever the client keeps equal for all requests of one page view; null = every call is a page of its own. */
  readonly pageKey?: string | null;
  /** Audience and rule of a unit, for this shopper; default: only units for everybody are shown. */
  readonly isEligible?: (unit: LiveUnit) => boolean;
  /** A preview leaves no exposure and remembers no page. Default false. */
  readonly preview?: boolean;
  readonly nowMs?: number;
};

export type UnitItem = RecommendedItem & {
  /** `primary`: by the unit's strategy; `backup`: it filled a place that was left open. */
  readonly queryType: "primary" | "backup";
  /** From 1. */
  readonly rank: number;
};

export type UnitAnswer = {
  readonly unitId: string;
  readonly unitName: string;
  /** As Adobe's clients spell it. */
  readonly typeId: string;
  readonly strategy: Strategy;
  readonly pageType: PageType | null;
  readonly label: string;
  readonly displayOrder: number;
  readonly items: readonly UnitItem[];
  readonly decisionId: string;
  /** Why the unit cannot be answered, in words; null = it was. */
  readonly userError: string | null;
  readonly trained: boolean;
};

const maxUnits = 50;

const isForEverybody = ({ body }: LiveUnit) => body.audiences.length === 0 && body.rule === undefined;

export function createUnitAnswers(deps: {
  readonly live: () => readonly LiveUnit[];
  readonly recommend: (query: RecommendationQuery) => Recommendation;
  readonly pages: PageMemory;
  readonly now: () => number;
  readonly logExposure?: (exposure: Exposure) => void;
}) {
  const byOrder = (a: LiveUnit, b: LiveUnit) =>
    (a.body.position ?? 0) - (b.body.position ?? 0) || a.body.priority - b.body.priority || (a.key < b.key ? -1 : 1);
  const unitsOf = (pageType: PageType): readonly LiveUnit[] =>
    deps
      .live()
      .filter(({ body }) => body.pageType === pageType)
      .sort(byOrder);
  const find = (idOrKey: string) => deps.live().find(({ id, key }) => id === idOrKey || key === idOrKey);

  const isShown = (unit: LiveUnit, query: UnitsQuery, nowMs: number): boolean => {
    const { storeViews } = unit.scope;
    if (storeViews !== null && !storeViews.includes(query.storeView)) return false;
    return isInWindow(unit, nowMs) && (query.isEligible?.(unit) ?? isForEverybody(unit));
  };

  const answerOne = (unit: LiveUnit, query: UnitsQuery, seen: Set<string>, nowMs: number): UnitAnswer => {
    const strategy = toStrategy(unit.body.strategy) ?? "most-viewed";
    const profile = withHistory(query.profile, query.history ?? {}, nowMs);
    const items = query.currentSku ? [query.currentSku] : (query.items ?? []);
    const caller = `${query.identityKey ?? ""} ${query.profileId ?? ""}`;
    if (query.pageKey) for (const sku of deps.pages.seen(caller, query.pageKey, unit.id, nowMs)) seen.add(sku);
    const answer = deps.recommend({
      unit: unit.body,
      profile,
      items,
      seen,
      nowMs,
      categoryPath: query.categoryPath ?? null,
      currentPrice: query.currentPrice ?? null,
      prices: query.prices,
    });
    const shown = answer.items;
    const lacksItem = shown.length === 0 && answer.reasons.some(({ code }) => code === "no_item");
    const decisionId = newId(nowMs);
    if (!query.preview) {
      const skus = shown.map(({ sku }) => sku);
      if (query.pageKey) deps.pages.remember(caller, query.pageKey, unit.id, skus, nowMs);
      deps.logExposure?.({
        decisionId,
        at: nowMs,
        placement: unit.body.placement,
        kind: "unit",
        definitionId: unit.id,
        definitionVersion: unit.version,
        profileId: query.profileId ?? "",
        identityKey: query.identityKey ?? "",
        storeView: query.storeView,
        skus,
        scores: shown.map(({ score }) => score),
        propensity: 1,
        policy: `recommendations/${answer.strategyUsed}`,
        reasons: answer.reasons.map(({ code }) => code),
      });
    }
    return {
      unitId: unit.id,
      unitName: unit.name,
      typeId: typeIdOf(strategy),
      strategy,
      pageType: unit.body.pageType ?? null,
      label: unit.body.label,
      displayOrder: unit.body.position ?? 0,
      items: shown.map((item, at) => ({ ...item, queryType: item.isFallback ? "backup" : "primary", rank: at + 1 })),
      decisionId,
      userError: lacksItem ? `${strategy} needs the SKU of the page's product` : null,
      trained: answer.readiness.trained,
    };
  };

  return {
    /** Live units of a kind of page, in the order they stand on it. */
    unitsOf,
    find,
    /**
     * Answers units in the order asked for; what one shows, the next ones do not. Unknown units, and units that this shopper may not
     * see, are left out. At most 50.
     */
    answer: (query: UnitsQuery): readonly UnitAnswer[] => {
      const nowMs = query.nowMs ?? deps.now();
      const units =
        "pageType" in query.units
          ? unitsOf(query.units.pageType)
          : query.units.slice(0, maxUnits).flatMap((id) => find(id) ?? []);
      const seen = new Set<string>();
      return units
        .filter((unit) => isShown(unit, query, nowMs))
        .slice(0, maxUnits)
        .map((unit) => answerOne(unit, query, seen, nowMs));
    },
  };
}
