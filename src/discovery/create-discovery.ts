import type { CatalogSnapshot } from "../catalog/index.ts";
import { type Clock, newId } from "../kernel/index.ts";
import type { Exposure } from "../measurement/index.ts";
import { type Profile, refusesPersonalisation } from "../profiles/index.ts";
import type { Search, SearchRequest } from "../search/index.ts";
import { personalSignals } from "./personal-signals.ts";
import type { AnswerList, ListRequest, ListVisitor } from "./product-lists.ts";

export type DiscoveryDeps = {
  readonly search: Pick<Search, "search" | "suggest">;
  readonly catalog: { current(): CatalogSnapshot };
  /** Share of the most popular product, 0 to 1. */
  readonly popularityOf: (sku: string) => number;
  readonly logExposure: (exposure: Exposure) => void;
  readonly clock: Clock;
};

/** Product lists for one shopper: search, categories and suggestions, ranked by what is known of them. */
export function createDiscovery(deps: DiscoveryDeps) {
  const { search, catalog, clock } = deps;

  const answerList: AnswerList = (request) => {
    const nowMs = request.preview?.asOf ?? clock.now();
    const profile = usable(request.visitor);
    const personal = personalSignals(profile, catalog.current(), deps.popularityOf, nowMs);
    const result = search.search({ ...request.search, ...searched(request), signals: personal.signals });
    const decisionId = newId(clock.now());
    const reasons = isUnavailable(request.visitor) ? [unavailable] : personal.reasons;
    if (!request.preview)
      deps.logExposure({
        decisionId,
        at: nowMs,
        placement: request.subject.kind === "search" ? "search" : `category:${request.subject.path}`,
        kind: "search",
        definitionId: "",
        definitionVersion: 0,
        profileId: profile?.profileId ?? "",
        identityKey: request.identityKey,
        storeView: request.storeView,
        skus: result.items.map((item) => item.sku),
        scores: result.items.map((item) => item.score),
        propensity: 1,
        policy: profile ? "search/personal" : "search/text",
        reasons: reasons.map((reason) => reason.code),
      });
    return { ...result, decisionId, reasons, redirect: null, rules: [], effectsOf: () => [] };
  };

  return { answerList, suggest: search.suggest };
}

export type Discovery = ReturnType<typeof createDiscovery>;

const unavailable = { code: "unavailable", text: "The profile could not be read" };

function isUnavailable(visitor: ListVisitor): boolean {
  return !visitor.ok && visitor.reason === "unavailable";
}

function searched({ subject }: ListRequest): Pick<SearchRequest, "q" | "categoryPath"> {
  return subject.kind === "search" ? { q: subject.q } : { categoryPath: subject.path };
}

/** Null when nobody is known, or when personalisation was refused: such a visitor's profile is not used. */
function usable(visitor: ListVisitor): Profile | null {
  return visitor.ok && !refusesPersonalisation(visitor.profile.state) ? visitor.profile : null;
}
