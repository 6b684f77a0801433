import type { DefinitionKind, LiveDefinition } from "../definitions/index.ts";
import type { ConsideredRule, ListSubject } from "../discovery/index.ts";
import type { Clock, ErrorDetail } from "../kernel/index.ts";
import type { CompiledRule, RuleSubject, RuleUse } from "../kernel/rules/index.ts";
import { arrange } from "./arrange.ts";
import { type Chosen, chooseRules, considered, nothingChosen, type Refuse } from "./choose-rules.ts";
import type { DynamicCategoryBody } from "./dynamic-category.ts";
import { buildView, createLiveViews, type LiveKinds, type LiveView, merchandisingKinds } from "./live-view.ts";
import type { MerchandisedList, MerchandisingRequest } from "./merchandised-list.ts";
import { createMerchandisingKinds } from "./merchandising-kinds.ts";
import type { MergedEvents } from "./merge-events.ts";
import { createMergeMemory, isElsewhen } from "./merge-memory.ts";
import { normaliseText } from "./normalise-text.ts";
import { createDrafts } from "./preview-draft.ts";
import { createProductSets, type ProductSetsDeps } from "./product-sets.ts";
import type { MerchandisingSignals } from "./rank-factors.ts";
import { searchedBy } from "./redirect.ts";

export type MerchandisingDeps = {
  readonly catalog: ProductSetsDeps["catalog"];
  readonly definitions: {
    readonly live: <B>(kind: string) => readonly LiveDefinition<B>[];
    readonly onChange: (handler: (kind: string) => void) => () => void;
  };
  readonly rules: ProductSetsDeps["rules"] & {
    readonly faultsOf: (rule: unknown, use: RuleUse, prefix: string) => readonly ErrorDetail[];
  };
  readonly signals: MerchandisingSignals;
  readonly clock: Clock;
};

const noDynamic: LiveView["dynamicCategories"] = new Map();

/**
 * What merchandisers make of product lists: rules, synonyms, facets, redirects, orders.
 *
 * Everything is answered from memory, synchronously; an edit counts from the next request on.
 */
export function createMerchandising(deps: MerchandisingDeps) {
  const { catalog, definitions, rules, signals, clock } = deps;
  const live = <B>(kind: string) => definitions.live<B>(kind);
  const kinds: readonly DefinitionKind<unknown>[] = createMerchandisingKinds({
    checkRule: rules.faultsOf,
    catalog,
    liveCategories: () => live<DynamicCategoryBody>("dynamic-category"),
  });
  const views = createLiveViews(
    (): LiveKinds => ({
      "search-rule": live("search-rule"),
      "category-rule": live("category-rule"),
      "dynamic-category": live("dynamic-category"),
      synonym: live("synonym"),
      facet: live("facet"),
      redirect: live("redirect"),
      "sort-option": live("sort-option"),
      "search-settings": live("search-settings"),
    }),
  );
  const withDraft = createDrafts(kinds, live);
  const sets = createProductSets({ catalog, rules, clock });
  const compiled = new WeakMap<object, CompiledRule>();

  const compile = (owner: object, rule: unknown, use: RuleUse): CompiledRule => {
    const known = compiled.get(owner);
    if (known) return known;
    const made = rules.compile(rule, { use });
    compiled.set(owner, made);
    return made;
  };

  const memory = createMergeMemory({ catalog, sets, compile, faultsOf: rules.faultsOf });
  const stopListening = definitions.onChange((kind) => {
    if (merchandisingKinds.some((each) => each === kind)) memory.follow(views.current());
  });

  const viewOf = ({ storeView, nowMs, preview }: MerchandisingRequest): LiveView => {
    const current = views.current();
    memory.follow(current);
    if (!preview || !isElsewhen(preview)) return views.of(storeView, nowMs);
    const { draft, asOf } = preview;
    if (!draft) return buildView(current, { storeView, nowMs: asOf });
    // Whoever tries a rule sees it beside those that have ended or are still to come, unless a time is named.
    return buildView(withDraft(current, draft), { storeView, nowMs: asOf, draftId: draft.id });
  };

  const refusalOf = ({ shopper, nowMs, preview }: MerchandisingRequest): Refuse => {
    const at = preview?.asOf ?? nowMs;
    let subject: RuleSubject | undefined;
    return (body) => {
      const { audiences = [], rule } = body;
      if (audiences.length > 0 && !audiences.some(shopper.isMember))
        return `the shopper is in none of: ${audiences.join(", ")}`;
      if (rule === undefined) return undefined;
      subject ??= shopper.subject();
      return compile(body, rule, "audience").test(subject, at)
        ? undefined
        : "its condition on the shopper does not hold";
    };
  };

  return {
    /** The kinds of definition that merchandisers edit; to be registered before definitions start. */
    kinds,

    /**
     * What is said of one list.
     *
     * @throws {ClienteleError} `merchandising.badDraft` when a preview carries a body that its kind would refuse
     */
    forList: (request: MerchandisingRequest): MerchandisedList => {
      const view = viewOf(request);
      const subject = trimmed(request.subject);
      const { preview, nowMs, shopper, prices } = request;
      const refuse = refusalOf(request);
      const chosen = preview?.isRulesOff ? nothingChosen : chooseRules(view, subject, refuse, preview?.draft?.id);
      const { merged, hidden } = memory.merge(request, chosen.rules);
      const redirected =
        subject.kind === "search" && !preview?.isRulesOff ? redirectOf(view, subject.q, refuse) : undefined;
      const isArranged = chosen.rules.length > 0 || view.outOfStockLast;
      const dynamic = (subject.kind === "category" ? view.dynamicCategories : noDynamic).get(
        subject.kind === "category" ? subject.path : "",
      );
      return {
        vocabulary: view.vocabulary,
        facetSettings: view.facetSettings,
        fieldWeights: view.fieldWeights,
        ranking: view.ranking,
        arrangement: isArranged
          ? arrange({
              merged,
              hidden,
              ranking: chosen.ranking,
              outOfStockLast: view.outOfStockLast,
              isInStock: (sku) => catalog.current().get(sku)?.inStock ?? false,
              signals,
              factOf: (sku, key) => sets.factOf(sku, key, prices),
              viewed: shopper.viewed,
            })
          : undefined,
        redirect: redirected ? { url: redirected.definition.body.url } : null,
        considered: [...appliedRules(chosen, merged), ...chosen.refused, ...(redirected ? [redirected.why] : [])],
        members: dynamic
          ? (isElsewhen(preview) ? sets.passOver : sets.setOf)(
              dynamic.body.where,
              "some",
              preview?.asOf ?? nowMs,
              prices,
            )
          : undefined,
      };
    },

    /** Orders that shoppers of a store view may choose, in the order of the menu; `sort` is what a search takes. */
    sortOptions: (
      storeView: string,
    ): readonly { readonly code: string; readonly label: string; readonly sort: string }[] =>
      views.of(storeView, clock.now()).sortOptions.map(({ body: { code, label, keys } }) => ({
        code,
        label,
        sort: keys.map(({ attribute, direction }) => `${attribute}:${direction}`).join(","),
      })),

    /** Categories that rules build, by path. */
    dynamicCategories: (storeView: string): readonly { readonly category: string; readonly name: string }[] =>
      [...views.of(storeView, clock.now()).dynamicCategories.values()].map(({ body: { category, name } }) => ({
        category,
        name,
      })),

    /** What rules know of a product, its margin too where the shop gave the cost. */
    factsOf: sets.factsOf,

    /** Works out conditions about the price to pay before prices come into effect. */
    preparePrices: sets.prepare,

    /** Stops following catalog and definitions. */
    close: (): void => {
      stopListening();
      sets.close();
    },
  };
}

export type Merchandising = ReturnType<typeof createMerchandising>;

/** Category paths as clients write them: with or without slashes around. */
function trimmed(subject: ListSubject): ListSubject {
  if (subject.kind === "search") return subject;
  const path = subject.path.replace(/^\/+|\/+$/g, "");
  return { kind: "category", path };
}

const maxNamed = 5;

/** Rules that apply, each with what of it lost to another. */
function appliedRules({ rules, ranking }: Chosen, { overruled }: MergedEvents): readonly ConsideredRule[] {
  return rules.map(({ definition, reason }) => {
    const lost = overruled.get(definition.id) ?? [];
    const more = lost.length > maxNamed ? [`and ${lost.length - maxNamed} more`] : [];
    const isOutranked = definition.body.ranking && ranking && ranking.definition !== definition;
    const outranked = isOutranked ? [`its ranking lost to that of ${JSON.stringify(ranking.definition.name)}`] : [];
    return considered(definition, true, [reason, ...outranked, ...lost.slice(0, maxNamed), ...more].join("; "));
  });
}

/** The first redirect for a query and shopper that does not lead to the very search it comes from. */
function redirectOf({ redirects }: LiveView, q: string, refuse: Refuse) {
  const query = normaliseText(q);
  if (query === "") return undefined;
  const fitting = redirects.filter(({ match }) => match(query).isMatch);
  const exact = fitting.filter(({ match }) => match(query).isExact);
  const found = [...exact, ...fitting].find(
    ({ definition: { body } }) => refuse(body) === undefined && searchedBy(body.url) !== query,
  );
  return (
    found && { definition: found.definition, why: considered(found.definition, true, "sends this search elsewhere") }
  );
}
