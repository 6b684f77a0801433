// Recommend of Algolia: its models are strategies of ours, its filters are those of a search.
import { type CatalogSnapshot, withPrices } from "../../catalog/index.ts";
import type { AnswerList } from "../../discovery/index.ts";
import { ClienteleError, type Clock, newId } from "../../kernel/index.ts";
import type { Exposure } from "../../measurement/index.ts";
import { usableProfile } from "../../profiles/index.ts";
import type { Recommendations } from "../../recommendations/index.ts";
import type { QueryAnswer, QueryScope } from "./answer-query.ts";
import { categoryNamesOf } from "./category-names.ts";
import type { InstantSearchDeps } from "./instantsearch-deps.ts";
import { toQueryId } from "./query-id.ts";
import { readFilters } from "./read-filters.ts";
import { recordAttribute } from "./record-attribute.ts";
import { type RawParams, rawParams, readSearchParams, type SearchParams } from "./search-params.ts";
import { toEngineFilters } from "./to-engine-filters.ts";
import { pickFields, toRecord } from "./to-record.ts";
import { numberOf, textOf } from "./values.ts";

export type RecommendDeps = {
  readonly recommend: Recommendations["recommend"];
  readonly answerList: AnswerList;
  readonly logExposure: (exposure: Exposure) => void;
  readonly clock: Clock;
  readonly snapshot: CatalogSnapshot;
  readonly pricesOf?: InstantSearchDeps["pricesOf"];
};

/** A model shows what it promises or nothing, except those that say only "something that suits". */
const models: ReadonlyMap<string, { readonly strategy: string; readonly fallback: boolean }> = new Map([
  ["related-products", { strategy: "viewed-also-viewed", fallback: true }],
  ["bought-together", { strategy: "bought-together", fallback: false }],
  ["looking-similar", { strategy: "more-like-this", fallback: false }],
  ["trending-items", { strategy: "trending", fallback: true }],
  ["recommended-for-you", { strategy: "recommended-for-you", fallback: true }],
]);
const maxRecommendations = 30;
/** Asked for where filters may take some away. */
const candidates = 100;

/** Parameters of the products, as of a search: beside the request's own. */
export function recommendParams(request: unknown): RawParams {
  const raw = rawParams(request);
  return { ...rawParams(raw["queryParameters"]), ...("userToken" in raw ? { userToken: raw["userToken"] } : {}) };
}

/** @throws {ClienteleError} `instantsearch.badRequest` for an unknown model, `instantsearch.badFilters` */
export function answerRecommendation(deps: RecommendDeps, request: unknown, scope: QueryScope): QueryAnswer {
  const raw = rawParams(request);
  const name = textOf(raw["model"], 60) ?? "";
  const params = readSearchParams(recommendParams(request));
  // Trends of values are told by no model here; an empty answer hides the widget.
  if (name === "trending-facets") return { hits: [], processingTimeMS: 1 };
  const model = models.get(name);
  if (!model)
    throw new ClienteleError(
      "instantsearch.badRequest",
      `there is no model ${name}; known: ${[...models.keys()].join(", ")}`,
    );
  const limit = Math.min(maxRecommendations, Math.max(1, numberOf(raw["maxRecommendations"]) ?? maxRecommendations));
  const { profile } = usable(scope);
  const sku = textOf(raw["objectID"], 200);
  const { visitor, storeView } = scope;
  const prices = deps.pricesOf?.({ profile: visitor.ok ? visitor.profile : null, storeView });
  const found = deps.recommend({
    prices,
    unit: { strategy: model.strategy, fallback: model.fallback },
    profile,
    items: sku === undefined ? [] : [sku],
    categoryPath: categoryOf(raw, deps.snapshot),
    limit: candidates,
  });
  const allowed = allowedSkus(
    deps,
    found.items.map((item) => item.sku),
    params,
    scope,
  );
  const items = found.items.filter((item) => allowed.has(item.sku)).slice(0, Math.trunc(limit));
  const names = categoryNamesOf(deps.snapshot);
  const snapshot = withPrices(deps.snapshot, prices);
  const decisionId = newId(deps.clock.now());
  if (items.length > 0)
    deps.logExposure(exposureOf(deps, { decisionId, name, strategy: found.strategyUsed, items, scope }));
  return {
    hits: items.flatMap((item) => {
      const product = snapshot.get(item.sku);
      if (!product) return [];
      return [{ ...pickFields(toRecord(product, snapshot, names), params.attributesToRetrieve), _score: item.score }];
    }),
    ...(params.hasClickAnalytics ? { queryID: toQueryId(decisionId) } : {}),
    processingTimeMS: 1,
  };
}

function usable({ visitor }: QueryScope) {
  const profile = usableProfile(visitor);
  return { profile: profile?.state ?? null, profileId: profile?.profileId ?? "" };
}

/** `facetName` and `facetValue` narrow a trend; only a category can. */
function categoryOf(raw: RawParams, snapshot: CatalogSnapshot): string | null {
  const [facet, value] = [textOf(raw["facetName"]), textOf(raw["facetValue"])];
  if (facet === undefined || value === undefined || recordAttribute(facet).kind !== "category") return null;
  return categoryNamesOf(snapshot).pathsOf(value)[0] ?? null;
}

/** Those that the filters keep. */
function allowedSkus(
  { answerList, snapshot }: RecommendDeps,
  skus: readonly string[],
  params: SearchParams,
  scope: QueryScope,
): ReadonlySet<string> {
  const clauses = readFilters(params);
  if (skus.length === 0 || clauses.length === 0) return new Set(skus);
  const filters = toEngineFilters(clauses, categoryNamesOf(snapshot));
  const own = { attribute: "sku", values: skus, ranges: [], isScope: true };
  const { items } = answerList({
    ...scope,
    subject: { kind: "search", q: "" },
    search: { filters: [...filters, own], limit: candidates },
    preview: {},
  });
  return new Set(items.map((item) => item.sku));
}

type Shown = {
  readonly decisionId: string;
  readonly name: string;
  readonly strategy: string;
  readonly items: ReturnType<Recommendations["recommend"]>["items"];
  readonly scope: QueryScope;
};

function exposureOf({ clock }: RecommendDeps, { decisionId, name, strategy, items, scope }: Shown): Exposure {
  return {
    decisionId,
    at: clock.now(),
    placement: `recommend:${name}`,
    kind: "unit",
    definitionId: "",
    definitionVersion: 0,
    profileId: usable(scope).profileId,
    identityKey: scope.identityKey,
    storeView: scope.storeView,
    skus: items.map((item) => item.sku),
    scores: items.map((item) => item.score),
    propensity: 1,
    policy: `recommendations/${strategy}`,
    reasons: [],
  };
}
