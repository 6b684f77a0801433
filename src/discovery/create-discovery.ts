import { type CatalogSnapshot, type ProductPrices, pricesOfMany } from "../catalog/index.ts";
import { type Clock, newId } from "../kernel/index.ts";
import type { Exposure } from "../measurement/index.ts";
import type { ListShopper, MerchandisedList, Merchandising } from "../merchandising/index.ts";
import { type Profile, usableProfile } from "../profiles/index.ts";
import type { ListRanking, Ranking, RankingContext } from "../ranking/index.ts";
import type { ItemReason, Search, SearchRequest, SearchResult } from "../search/index.ts";
import { personalSignals } from "./personal-signals.ts";
import type { AnswerList, ListRequest, ListVisitor } from "./product-lists.ts";

export type DiscoveryDeps = {
  readonly search: Pick<Search, "search" | "suggest">;
  readonly catalog: { current(): CatalogSnapshot };
  readonly merchandising: Pick<Merchandising, "forList" | "sortOptions">;
  /** What rules may ask of the one who looks. */
  readonly shopperOf: (profile: Profile | null, request: ListRequest, nowMs: number) => ListShopper;
  /** What products cost the one who looks; undefined = what the catalog says. */
  readonly pricesFor: (request: ListRequest, asOf: number | undefined) => ProductPrices | undefined;
  /** The learned order of a list, its variety and chance, and its log. */
  readonly rankingFor: Ranking["forList"];
  /** Share of the most popular product, 0 to 1. */
  readonly popularityOf: (sku: string) => number;
  readonly logExposure: (exposure: Exposure) => void;
  readonly clock: Clock;
};

/** Product lists for one shopper: search, categories and suggestions, ranked by what is known of them. */
export function createDiscovery(deps: DiscoveryDeps) {
  const { search, catalog, merchandising, clock } = deps;

  const answerList: AnswerList = (request) => {
    const { subject, storeView, preview } = request;
    const nowMs = preview?.asOf ?? clock.now();
    const profile = usableProfile(request.visitor);
    const personal = personalSignals(profile, catalog.current(), deps.popularityOf, nowMs);
    const prices = deps.pricesFor(request, preview?.asOf);
    const merchandised = merchandising.forList({
      ...{ subject, storeView, nowMs, prices: pricesOfMany(prices) },
      shopper: deps.shopperOf(profile, request, nowMs),
      ...(preview ? { preview } : {}),
    });
    const ranking = deps.rankingFor({ ...rankingContext(request, profile, merchandised.ranking), prices });
    const result = search.search({
      ...request.search,
      ...(prices ? { prices } : {}),
      ...searched(request, merchandised.members),
      ...sorted(request.search.sort, merchandising.sortOptions(storeView)),
      ...arranged(merchandised),
      signals: merchandised.ranking.isPersonal === false ? [] : personal.signals,
      model: ranking.model,
      reorder: ranking.reorder,
    });
    const decisionId = newId(clock.now());
    const reasons = isUnavailable(request.visitor) ? [unavailable] : personal.reasons;
    const { redirect, considered, arrangement } = merchandised;
    if (!preview) {
      deps.logExposure(exposureOf(request, { decisionId, nowMs, profile, result, reasons, merchandised, ranking }));
      const { items } = result;
      ranking.log({ decisionId, skus: items.map(({ sku }) => sku), scores: items.map(({ score }) => score) });
    }
    const effectsOf = arrangement?.effectsOf ?? (() => []);
    return { ...result, decisionId, reasons, redirect, rules: considered, effectsOf, ...(prices ? { prices } : {}) };
  };

  return { answerList, suggest: search.suggest, sortOptions: merchandising.sortOptions };
}

export type Discovery = ReturnType<typeof createDiscovery>;

const unavailable = { code: "unavailable", text: "The profile could not be read" };

function isUnavailable(visitor: ListVisitor): boolean {
  return !visitor.ok && visitor.reason === "unavailable";
}

function searched(
  { subject, storeView }: ListRequest,
  members: ReadonlySet<string> | undefined,
): Pick<SearchRequest, "q" | "categoryPath" | "only" | "storeView"> {
  if (subject.kind === "search") return { q: subject.q, storeView };
  return members ? { only: members, storeView } : { categoryPath: subject.path, storeView };
}

/** Its name for a list that no learned ranker ordered. */
const plainPolicy = "plain";
const defaultLimit = 24;

function rankingContext(
  request: ListRequest,
  profile: Profile | null,
  switches: MerchandisedList["ranking"],
): RankingContext {
  const { subject, search, storeView, identityKey, visitor, viewed, context = {}, preview } = request;
  return {
    kind: subject.kind,
    subject: subject.kind === "search" ? subject.q : subject.path,
    storeView,
    identityKey,
    profile,
    isRefused: visitor.ok && profile === null,
    isMobile: context["device"] === "mobile" || context["device"] === "phone",
    filters: search.filters?.length ?? 0,
    offset: search.offset ?? 0,
    limit: search.limit ?? defaultLimit,
    // Nothing is learned from a list that is not logged, so there is no chance in it either.
    explore: preview === undefined && identityKey !== "" && request.explore !== false && switches.isExploring !== false,
    ...(switches.isLearned === undefined ? {} : { isLearned: switches.isLearned }),
    ...(switches.isVaried === undefined ? {} : { isVaried: switches.isVaried }),
    ...(viewed ? { viewed } : {}),
  };
}

type SortOption = ReturnType<Merchandising["sortOptions"]>[number];

/** An order of the shop's own by its code; a direction behind it means nothing, since its keys say their own. */
function sorted(sort: string | undefined, options: readonly SortOption[]): Pick<SearchRequest, "sort"> {
  const [code] = sort?.split(":") ?? [];
  const option = options.find((each) => each.code === code);
  return option ? { sort: option.sort } : {};
}

function arranged({ vocabulary, arrangement, facetSettings, fieldWeights }: MerchandisedList) {
  return {
    facetSettings,
    ...(fieldWeights ? { fieldWeights } : {}),
    ...(vocabulary ? { vocabulary } : {}),
    ...(arrangement ? { arrangement } : {}),
  } satisfies Partial<SearchRequest>;
}

type Answered = {
  readonly decisionId: string;
  readonly nowMs: number;
  readonly profile: Profile | null;
  readonly result: SearchResult;
  readonly reasons: readonly ItemReason[];
  readonly merchandised: MerchandisedList;
  readonly ranking: ListRanking;
};

function exposureOf({ subject, identityKey, storeView }: ListRequest, answered: Answered): Exposure {
  const { decisionId, nowMs, profile, result, reasons, merchandised, ranking } = answered;
  const policy = ranking.policy();
  const applied = merchandised.considered.filter(({ isApplied }) => isApplied);
  return {
    decisionId,
    at: nowMs,
    placement: subject.kind === "search" ? "search" : `category:${subject.path}`,
    kind: "search",
    definitionId: "",
    definitionVersion: 0,
    profileId: profile?.profileId ?? "",
    identityKey,
    storeView,
    skus: result.items.map((item) => item.sku),
    scores: result.items.map((item) => item.score),
    propensity: result.items.reduce((chance, { sku }) => chance * ranking.propensityOf(sku), 1),
    policy: policy !== plainPolicy ? policy : profile ? "search/personal" : "search/text",
    reasons: [...reasons.map(({ code }) => code), ...applied.map(({ kind, id }) => `${kind}:${id}`)],
  };
}
