// What is in effect for one store view at one time, compiled for requests: made when a definition changes or a schedule begins or ends,
// and shared by all store views that no definition names.
import { isInWindow, type LiveDefinition } from "../definitions/index.ts";
import type { FacetSetting, Vocabulary } from "../search/index.ts";
import { buildFacetSettings } from "./build-facet-settings.ts";
import { buildVocabulary } from "./build-vocabulary.ts";
import type { CategoryRuleBody } from "./category-rule.ts";
import type { DynamicCategoryBody } from "./dynamic-category.ts";
import type { FacetBody } from "./facet.ts";
import { compileQueryConditions, type QueryMatch } from "./query-conditions.ts";
import type { RedirectBody } from "./redirect.ts";
import type { SearchRuleBody } from "./search-rule.ts";
import type { FieldWeights, RankingSwitches, SearchSettingsBody } from "./search-settings.ts";
import type { SortOptionBody } from "./sort-option.ts";
import type { SynonymBody } from "./synonym.ts";

/** Live definitions of every kind of merchandising. */
export type LiveKinds = {
  readonly "search-rule": readonly LiveDefinition<SearchRuleBody>[];
  readonly "category-rule": readonly LiveDefinition<CategoryRuleBody>[];
  readonly "dynamic-category": readonly LiveDefinition<DynamicCategoryBody>[];
  readonly synonym: readonly LiveDefinition<SynonymBody>[];
  readonly facet: readonly LiveDefinition<FacetBody>[];
  readonly redirect: readonly LiveDefinition<RedirectBody>[];
  readonly "sort-option": readonly LiveDefinition<SortOptionBody>[];
  readonly "search-settings": readonly LiveDefinition<SearchSettingsBody>[];
};

export const merchandisingKinds = [
  "search-rule",
  "category-rule",
  "dynamic-category",
  "synonym",
  "facet",
  "redirect",
  "sort-option",
  "search-settings",
] as const satisfies readonly (keyof LiveKinds)[];

export type SearchRule = {
  readonly definition: LiveDefinition<SearchRuleBody>;
  readonly match: (query: string) => QueryMatch;
};
export type Redirect = {
  readonly definition: LiveDefinition<RedirectBody>;
  readonly match: (query: string) => QueryMatch;
};

export type LiveView = {
  readonly searchRules: readonly SearchRule[];
  /** Best first. */
  readonly categoryRules: ReadonlyMap<string, readonly LiveDefinition<CategoryRuleBody>[]>;
  readonly dynamicCategories: ReadonlyMap<string, LiveDefinition<DynamicCategoryBody>>;
  readonly redirects: readonly Redirect[];
  /** Undefined where there are no synonyms and stop words: then a search need not ask. */
  readonly vocabulary: Vocabulary | undefined;
  readonly facetSettings: readonly FacetSetting[];
  readonly sortOptions: readonly LiveDefinition<SortOptionBody>[];
  readonly outOfStockLast: boolean;
  /** Undefined = the weights that ship. */
  readonly fieldWeights: FieldWeights | undefined;
  readonly ranking: RankingSwitches;
};

export type ViewOptions = {
  readonly storeView: string;
  /** Undefined = every date counts. */
  readonly nowMs: number | undefined;
  /** A definition that holds whatever its dates are. */
  readonly draftId?: string;
};

type Ordered = { readonly definition: LiveDefinition<{ readonly priority?: number }> };

/** Lower priority first, then what was changed last, then the id: the order of rules that say different things. */
export function byPrecedence(a: Ordered["definition"], b: Ordered["definition"]): number {
  return (
    (a.body.priority ?? 0) - (b.body.priority ?? 0) ||
    b.updatedAt - a.updatedAt ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** The narrower scope first, then what was changed last: of settings, the first counts. */
function byScope(a: LiveDefinition<unknown>, b: LiveDefinition<unknown>): number {
  const width = ({ scope }: LiveDefinition<unknown>) => scope.storeViews?.length ?? Number.MAX_SAFE_INTEGER;
  return width(a) - width(b) || b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1);
}

export function buildView(live: LiveKinds, { storeView, nowMs, draftId }: ViewOptions): LiveView {
  const inEffect = <B>(list: readonly LiveDefinition<B>[]): readonly LiveDefinition<B>[] =>
    list.filter(
      (each) =>
        (each.scope.storeViews === null || each.scope.storeViews.includes(storeView)) &&
        (nowMs === undefined || each.id === draftId || isInWindow(each, nowMs)),
    );
  const categoryRules = new Map<string, LiveDefinition<CategoryRuleBody>[]>();
  for (const rule of [...inEffect(live["category-rule"])].sort(byPrecedence)) {
    const { category } = rule.body;
    categoryRules.set(category, [...(categoryRules.get(category) ?? []), rule]);
  }
  const settings = [...inEffect(live["search-settings"])].sort(byScope);
  return {
    searchRules: inEffect(live["search-rule"]).map((definition) => ({
      definition,
      match: compileQueryConditions(definition.body.query),
    })),
    categoryRules,
    dynamicCategories: new Map(inEffect(live["dynamic-category"]).map((each) => [each.body.category, each])),
    redirects: [...inEffect(live.redirect)]
      .sort(byPrecedence)
      .map((definition) => ({ definition, match: compileQueryConditions(definition.body.query) })),
    vocabulary: buildVocabulary(
      inEffect(live.synonym).map(({ body }) => body),
      settings.flatMap(({ body }) => body.stopWords ?? []),
    ),
    facetSettings: buildFacetSettings([...inEffect(live.facet)].sort(byScope).map(({ body }) => body)),
    sortOptions: oneOfEach([...inEffect(live["sort-option"])].sort(byScope)),
    outOfStockLast: settings.find(({ body }) => body.outOfStockLast !== undefined)?.body.outOfStockLast ?? false,
    fieldWeights: settings.find(({ body }) => body.fieldWeights !== undefined)?.body.fieldWeights,
    ranking: settings.find(({ body }) => body.ranking !== undefined)?.body.ranking ?? {},
  };
}

/** One option a code, in the order of the menu. */
function oneOfEach(options: readonly LiveDefinition<SortOptionBody>[]): readonly LiveDefinition<SortOptionBody>[] {
  const byCode = new Map<string, LiveDefinition<SortOptionBody>>();
  for (const option of options) if (!byCode.has(option.body.code)) byCode.set(option.body.code, option);
  return [...byCode.values()].sort(
    (a, b) => (a.body.position ?? 0) - (b.body.position ?? 0) || (a.body.code < b.body.code ? -1 : 1),
  );
}

type CachedView = { readonly view: LiveView; readonly fromMs: number; readonly untilMs: number };
const maxCached = 200;

/** Views of the live definitions, kept until a definition or a date changes. */
export function createLiveViews(current: () => LiveKinds) {
  let lists: LiveKinds | undefined;
  let named: ReadonlySet<string> = new Set();
  let bounds: readonly number[] = [];
  const views = new Map<string, CachedView>();

  /** The lists are immutable and replaced whole, so identity tells. @returns whether anything changed */
  const refresh = (): LiveKinds => {
    const now = current();
    const known = lists;
    if (known && merchandisingKinds.every((kind) => now[kind] === known[kind])) return known;
    const all: readonly LiveDefinition<unknown>[] = merchandisingKinds.flatMap((kind) => [...now[kind]]);
    named = new Set(all.flatMap(({ scope }) => scope.storeViews ?? []));
    bounds = all.flatMap(({ window }) => [window.fromMs, window.toMs].filter((at) => at !== null));
    views.clear();
    lists = now;
    return now;
  };

  return {
    current: refresh,
    of: (given: string, nowMs: number): LiveView => {
      const live = refresh();
      // Callers may name any store view: those that no definition names are alike.
      const storeView = named.has(given) ? given : "";
      const known = views.get(storeView);
      if (known && nowMs >= known.fromMs && nowMs < known.untilMs) return known.view;
      const made: CachedView = {
        view: buildView(live, { storeView, nowMs }),
        fromMs: nearest(bounds, (at) => at <= nowMs, Math.max, Number.NEGATIVE_INFINITY),
        untilMs: nearest(bounds, (at) => at > nowMs, Math.min, Number.POSITIVE_INFINITY),
      };
      if (views.size >= maxCached) views.clear();
      views.set(storeView, made);
      return made.view;
    },
  };
}

function nearest(
  bounds: readonly number[],
  isOn: (at: number) => boolean,
  better: (a: number, b: number) => number,
  none: number,
): number {
  return bounds.reduce((best, at) => (isOn(at) ? better(best, at) : best), none);
}
