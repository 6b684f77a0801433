import { type Catalog, type CatalogProduct, type ProductPrices, pricesOfMany, withPrices } from "../catalog/index.ts";
import { isInWindow, type LiveDefinition } from "../definitions/index.ts";
import { type Clock, type JsonObject, type Money, newId } from "../kernel/index.ts";
import type { RuleObject, RuleSubject } from "../kernel/rules/index.ts";
import type { Cart, Profile } from "../profiles/index.ts";
import { type AssembledList, assembleList, explainRule, type ListedProduct, outcomeText } from "./assemble-list.ts";
import { createListChoice } from "./choose-list.ts";
import { createCompiledRules, type RelatedRule, type ShopRules } from "./compiled-rules.ts";
import { gatherFor } from "./cover.ts";
import type { Anchor } from "./find-candidates.ts";
import { type ListSettings, maxListLength, type RelatedListBody } from "./list-kind.ts";
import { createProductIndex } from "./product-index.ts";
import { type ListName, listNames, type RelatedRuleBody } from "./rule-kind.ts";
import { tryRule } from "./try-rule.ts";

export type RelatedProductsDeps = {
  readonly catalog: Pick<Catalog, "current" | "onChange">;
  readonly rules: ShopRules & { readonly productOf: (sku: string, prices?: ProductPrices) => RuleObject | undefined };
  readonly definitions: { readonly live: <B>(kind: string) => readonly LiveDefinition<B>[] };
  readonly audiences: {
    readonly subjectOf: (
      profile: Profile | null,
      call: { readonly cart?: Cart | null; readonly context?: RuleObject; readonly product?: string | undefined },
    ) => RuleSubject;
    readonly isMember: (key: string, profile: Profile | null, subject: RuleSubject, nowMs: number) => boolean;
  };
  /** What products cost a visitor; default: what the catalog says. */
  readonly pricesOf?: (visitor: Pick<RelatedQuery, "profile" | "storeView">) => ProductPrices | undefined;
  readonly clock: Clock;
};

export type RelatedQuery = {
  readonly settings: ListSettings;
  /** SKUs that the page is about. Without any, a list of cross-sells is about the cart. */
  readonly items: readonly string[];
  /** Null = nobody known. */
  readonly profile: Profile | null;
  readonly cart: Cart | null;
  readonly storeView: string;
  readonly context?: JsonObject;
  /** SKUs shown elsewhere on the page; takes what is shown here. */
  readonly seen?: Set<string>;
  /** Default: now. */
  readonly nowMs?: number;
  /** Decides what chance decides: the same seed gives the same list. Default: another one each time. */
  readonly seed?: string;
};

export type RelatedReason = { readonly code: string; readonly text: string };

/** A product as a list shows it. */
export type RelatedItem = {
  readonly sku: string;
  readonly name: string;
  readonly url: string;
  readonly image: string | null;
  readonly price: Money | null;
  readonly finalPrice: Money | null;
  readonly rating: { readonly average: number; readonly count: number } | null;
  /** Who chose it: a person, by a link, or a rule. */
  readonly source: "linked" | "rule";
  readonly ruleId: string | null;
  readonly reasons: readonly RelatedReason[];
};

export type RelatedExplanation = {
  /** Candidates of rules before the list was cut. */
  readonly candidates: number;
  readonly seed: string;
  readonly rules: readonly JsonObject[];
  readonly items: readonly JsonObject[];
};

export type RelatedAnswer = {
  readonly settings: ListSettings;
  readonly items: readonly RelatedItem[];
  readonly propensity: number;
  readonly policy: string;
  /** What is logged of each item, in order: `linked`, or `rule:` and the id of the rule. */
  readonly origins: readonly string[];
  /** What was considered and why; worked out when it is asked for. */
  readonly explain: () => RelatedExplanation;
};

/** Lines of a cart beyond these are no reason to show anything. */
const maxAnchors = 50;

const reasonWords: Readonly<Record<ListName, string>> = {
  related: "Goes with",
  upsell: "An alternative to",
  crosssell: "Goes well with",
};

/**
 * Related products, up-sells and cross-sells: links that people set and rules over the catalog.
 *
 * Answers from memory and never waits. The index of the catalog is made when the first rule asks for it and follows each change.
 */
export function createRelatedProducts(deps: RelatedProductsDeps) {
  const { audiences, catalog, clock, definitions, rules } = deps;
  const factsOf = (sku: string, prices?: ProductPrices): RuleObject => rules.productOf(sku, prices) ?? { sku };
  const index = createProductIndex({ catalog, factsOf });
  catalog.onChange(index.note);
  const rulesOf = createCompiledRules(rules, () => definitions.live<RelatedRuleBody>("related-product-rule"));
  const chooseList = createListChoice(rules, () => definitions.live<RelatedListBody>("related-product-list"));
  const parentSku = (sku: string): string => catalog.current().parentOf(sku)?.sku ?? sku;

  const anchorsOf = (skus: readonly string[], prices?: ProductPrices): readonly Anchor[] => {
    const products = new Map<string, Anchor>();
    for (const sku of skus) {
      const product = catalog.current().parentOf(sku);
      if (!product || products.size >= maxAnchors) continue;
      products.set(product.sku, { sku: product.sku, name: product.name, facts: factsOf(product.sku, prices) });
    }
    return [...products.values()];
  };

  const subjectOf = (query: Omit<RelatedQuery, "settings" | "items">, product: string | undefined): RuleSubject => {
    const context = { ...query.context, store_view: query.storeView };
    return audiences.subjectOf(query.profile, { cart: query.cart, context, product });
  };

  const refusalOf =
    (query: RelatedQuery, subject: RuleSubject, nowMs: number) =>
    ({ definition }: RelatedRule): string | null => {
      const { storeViews } = definition.scope;
      if (storeViews !== null && !storeViews.includes(query.storeView)) return `Not for store view ${query.storeView}`;
      if (!isInWindow(definition, nowMs)) return "Outside its schedule";
      const { audiences: keys } = definition.body;
      if (keys.length === 0 || keys.some((key) => audiences.isMember(key, query.profile, subject, nowMs))) return null;
      return `The visitor is in none of: ${keys.join(", ")}`;
    };

  const answer = (query: RelatedQuery): RelatedAnswer => {
    const { settings, cart } = query;
    const nowMs = query.nowMs ?? clock.now();
    const seed = query.seed ?? newId(nowMs);
    const seen = query.seen ?? new Set<string>();
    const cartSkus = (cart?.items ?? []).map(({ sku }) => sku);
    const prices = deps.pricesOf?.(query);
    const indexPrices = pricesOfMany(prices);
    const about = settings.list === "crosssell" && query.items.length === 0 ? cartSkus : query.items;
    const anchors = anchorsOf(about, prices);
    const excluded = new Set(anchors.map(({ sku }) => sku));
    if (settings.excludeCart) for (const sku of cartSkus) excluded.add(parentSku(sku));
    const subject = subjectOf(query, anchors[0]?.sku);
    const assembled = assembleList(
      {
        ...{ settings, anchors, subject, seed, nowMs },
        rules: anchors.length === 0 ? [] : rulesOf(settings.list),
        refusalOf: refusalOf(query, subject, nowMs),
        isExcluded: (sku) => excluded.has(sku) || seen.has(sku),
      },
      {
        catalog: catalog.current(),
        index: indexPrices ? index.at(indexPrices) : index,
        environment: rules.environmentOf({ use: "products_to_display" }),
      },
    );
    const priced = withPrices(catalog.current(), prices);
    const items = assembled.items.flatMap((listed) => {
      const product = priced.get(listed.sku);
      return product ? [toItem(product, listed, settings.list)] : [];
    });
    for (const { sku } of items) seen.add(sku);
    return {
      ...{ settings, items, propensity: assembled.propensity, policy: `related-products/${settings.rotation}` },
      origins: items.map(({ ruleId }) => (ruleId === null ? "linked" : `rule:${ruleId}`)),
      explain: () => explanationOf(assembled, { seed, subject, nowMs, factsOf: (sku) => factsOf(sku, prices) }),
    };
  };

  return {
    /** The products of one list, best first. */
    answer,

    /**
     * Settings of a list by the id or key of its live definition, or by its name: of the live lists of that name that are for this
     * visitor the first, else the defaults.
     *
     * @returns undefined for a name that nothing has
     */
    settings: (name: string, visitor: Omit<RelatedQuery, "settings" | "items">): ListSettings | undefined => {
      const nowMs = visitor.nowMs ?? clock.now();
      let subject: RuleSubject | undefined;
      const subjectOnce = (): RuleSubject => {
        subject ??= subjectOf(visitor, undefined);
        return subject;
      };
      return chooseList(name, {
        ...{ storeView: visitor.storeView, nowMs, subject: subjectOnce },
        isMember: (key) => audiences.isMember(key, visitor.profile, subjectOnce(), nowMs),
      });
    },

    /** With no more than so many places; a list that nobody has configured may also be longer than the default. */
    withLimit: (settings: ListSettings, limit: number | undefined): ListSettings => {
      if (limit === undefined) return settings;
      const most = settings.id === "" ? maxListLength : settings.maximum;
      return { ...settings, maximum: Math.max(1, Math.min(limit, most)) };
    },

    /** What a rule would match and display, for its editor. */
    tryRule: (body: Pick<RelatedRuleBody, "match" | "display" | "resultLimit">, skus: readonly string[]) =>
      tryRule(
        { body, anchors: anchorsOf(skus), subject: audiences.subjectOf(null, {}), nowMs: clock.now() },
        { rules, index },
      ),

    /** Gathers what the live rules need of the catalog; without it the first answer does: 0.7 s at 100,000 products. */
    warm: (): void => {
      const environment = rules.environmentOf({ use: "products_to_display" });
      for (const list of listNames) {
        for (const { trees } of rulesOf(list)) gatherFor(trees.displayNode, index, environment.catalog);
      }
    },

    /** Gathers what live rules ask of prices that are about to come into effect: 50 ms at 100,000 products, for rules about them. */
    preparePrices: (prices: ProductPrices): void => {
      const environment = rules.environmentOf({ use: "products_to_display" });
      for (const list of listNames) {
        for (const { trees } of rulesOf(list)) gatherFor(trees.displayNode, index.at(prices), environment.catalog);
      }
    },
  };
}

export type RelatedProducts = ReturnType<typeof createRelatedProducts>;

function toItem(product: CatalogProduct, { anchor, rule }: ListedProduct, list: ListName): RelatedItem {
  return {
    sku: product.sku,
    name: product.name,
    url: product.url,
    image: product.images[0] ?? null,
    price: product.price,
    finalPrice: product.finalPrice,
    rating: product.rating,
    source: rule ? "rule" : "linked",
    ruleId: rule?.definition.id ?? null,
    reasons: [{ code: rule ? "rule" : "linked", text: `${reasonWords[list]} ${anchor.name}` }],
  };
}

function explanationOf(
  { items, candidates, considered }: AssembledList,
  run: {
    readonly seed: string;
    readonly subject: RuleSubject;
    readonly nowMs: number;
    readonly factsOf: (sku: string) => RuleObject;
  },
): RelatedExplanation {
  return {
    candidates,
    seed: run.seed,
    rules: considered.map((each) => {
      const { id, key, name, version, body } = each.rule.definition;
      const { outcome, candidates: given } = each;
      return { id, key, name, version, priority: body.priority, outcome, text: outcomeText(each), candidates: given };
    }),
    items: items.map(({ sku, anchor, rule }) => {
      if (rule === null) return { sku, matched: anchor.sku, rule: null };
      const trees = explainRule(rule, anchor, run.factsOf(sku), run.subject, run.nowMs);
      // An explanation is JSON by construction.
      return { sku, matched: anchor.sku, rule: rule.definition.key, ...(trees as unknown as JsonObject) };
    }),
  };
}
