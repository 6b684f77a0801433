import type { CatalogSnapshot } from "../catalog/index.ts";
import { type Clock, newId } from "../kernel/index.ts";
import type { Exposure } from "../measurement/index.ts";
import type { ListShopper, MerchandisedList, Merchandising } from "../merchandising/index.ts";
import { type Profile, refusesPersonalisation } from "../profiles/index.ts";
import type { ItemReason, Search, SearchRequest, SearchResult } from "../search/index.ts";
import { personalSignals } from "./personal-signals.ts";
import type { AnswerList, ListRequest, ListVisitor } from "./product-lists.ts";

export type DiscoveryDeps = {
  readonly search: Pick<Search, "search" | "suggest">;
  readonly catalog: { current(): CatalogSnapshot };
  readonly merchandising: Pick<Merchandising, "forList" | "sortOptions">;
  /** What rules may ask of the one who looks. */
  readonly shopperOf: (profile: Profile | null, request: ListRequest, nowMs: number) => ListShopper;
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
    const profile = usable(request.visitor);
    const personal = personalSignals(profile, catalog.current(), deps.popularityOf, nowMs);
    const merchandised = merchandising.forList({
      ...{ subject, storeView, nowMs },
      shopper: deps.shopperOf(profile, request, nowMs),
      ...(preview ? { preview } : {}),
    });
    const result = search.search({
      ...request.search,
      ...searched(request),
      ...sorted(request.search.sort, merchandising.sortOptions(storeView)),
      ...arranged(merchandised),
      signals: personal.signals,
    });
    const decisionId = newId(clock.now());
    const reasons = isUnavailable(request.visitor) ? [unavailable] : personal.reasons;
    const { redirect, considered, arrangement } = merchandised;
    if (!preview) deps.logExposure(exposureOf(request, { decisionId, nowMs, profile, result, reasons, merchandised }));
    const effectsOf = arrangement?.effectsOf ?? (() => []);
    return { ...result, decisionId, reasons, redirect, rules: considered, effectsOf };
  };

  return { answerList, suggest: search.suggest, sortOptions: merchandising.sortOptions };
}

export type Discovery = ReturnType<typeof createDiscovery>;

const unavailable = { code: "unavailable", text: "The profile could not be read" };

function isUnavailable(visitor: ListVisitor): boolean {
  return !visitor.ok && visitor.reason === "unavailable";
}

function searched({ subject, storeView }: ListRequest): Pick<SearchRequest, "q" | "categoryPath" | "storeView"> {
  return subject.kind === "search" ? { q: subject.q, storeView } : { categoryPath: subject.path, storeView };
}

type SortOption = ReturnType<Merchandising["sortOptions"]>[number];

/** An order of the shop's own by its code; a direction behind it means nothing, since its keys say their own. */
function sorted(sort: string | undefined, options: readonly SortOption[]): Pick<SearchRequest, "sort"> {
  const [code] = sort?.split(":") ?? [];
  const option = options.find((each) => each.code === code);
  return option ? { sort: option.sort } : {};
}

function arranged({ vocabulary, arrangement, facetSettings }: MerchandisedList) {
  return {
    facetSettings,
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
};

function exposureOf({ subject, identityKey, storeView }: ListRequest, answered: Answered): Exposure {
  const { decisionId, nowMs, profile, result, reasons, merchandised } = answered;
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
    propensity: 1,
    policy: profile ? "search/personal" : "search/text",
    reasons: [...reasons.map(({ code }) => code), ...applied.map(({ kind, id }) => `${kind}:${id}`)],
  };
}

/** Null when nobody is known, or when personalisation was refused: such a visitor's profile is not used. */
function usable(visitor: ListVisitor): Profile | null {
  return visitor.ok && !refusesPersonalisation(visitor.profile.state) ? visitor.profile : null;
}
