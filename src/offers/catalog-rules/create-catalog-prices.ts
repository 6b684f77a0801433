import { createHash } from "node:crypto";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { Catalog, CatalogChange, CatalogProduct, CatalogSnapshot, ProductPrices } from "../../catalog/index.ts";
import type { Definitions } from "../../definitions/index.ts";
import type { Clock, Logger } from "../../kernel/index.ts";
import { type AttributeCatalog, type CompiledRule, localDayOf } from "../../kernel/rules/index.ts";
import { foldCode } from "../fold-code.ts";
import { type CatalogRuleBody, notLoggedIn, type PriceContext } from "./catalog-rule.ts";
import { catalogRuleKind } from "./catalog-rule-kind.ts";
import { type ExplainedPrice, explainPrice } from "./explain-price.ts";
import { createLazyTable } from "./lazy-table.ts";
import type { RateOf } from "./price-chain.ts";
import { createPriceLists, type PriceLists } from "./price-lists.ts";
import { createProductNumbers } from "./product-numbers.ts";
import { factsToJudge } from "./rule-judge.ts";
import { byPriority, type CatalogRule, type RuleDefinition, toCatalogRule, whyIdle } from "./rule-set.ts";
import { buildRuleTable, emptyTable } from "./rule-table.ts";
import { createSpecialPrices } from "./special-prices.ts";
import { type CatalogRuleDraft, type ProductLook, type RuleTrial, tryRule } from "./try-rule.ts";

export type CatalogPricesDeps = {
  readonly catalog: Pick<Catalog, "current" | "onChange">;
  readonly definitions: Pick<Definitions, "live" | "onChange">;
  readonly rules: {
    readonly compile: (rule: unknown, options: { readonly use: "catalog_rule" }) => CompiledRule;
    readonly attributes: () => AttributeCatalog;
  };
  readonly rateOf: RateOf;
  readonly websiteOf: (storeView: string) => string;
  /** The shop's, IANA: days of rules and special prices are days there. */
  readonly timezone: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Prepares what answers with these prices, before they come into effect; called in turn for kinds of visitors that came lately. */
  readonly warm?: (prices: ProductPrices) => Promise<void>;
};

/** Rules in effect, with what a look at their conflicts takes. */
export type CatalogRuleLook = {
  /** In the order in which they run. */
  readonly rules: readonly CatalogRule[];
  readonly products: Iterable<CatalogProduct>;
  /** Places in `rules` of those that reach a product. */
  readonly placesOf: (sku: string) => readonly number[];
  readonly rateOf: RateOf;
  readonly nowMs: number;
  /** Local day of the shop. */
  readonly today: number;
};

/** Who asks for prices. */
export type PriceAsker = {
  readonly storeView: string;
  /** As the server knows it, never as a browser claims it. Default `not_logged_in`. */
  readonly customerGroup?: string | undefined;
  /** For rules with audiences; absent = they do not run. */
  readonly isMember?: (audience: string) => boolean;
  /** Unix milliseconds; default now. */
  readonly at?: number;
};

/** One turn of work between others, in milliseconds. */
const turnMs = 8;
/** Time-dependent conditions are judged anew at most this often. */
const leastPauseMs = 60_000;
/** How long a start waits for the first table; a larger shop answers meanwhile, product by product. */
const startWaitMs = 2_000;
const maxRecent = 32;
const maxKinds = 1_000;
const timedTypes: ReadonlySet<string> = new Set(["instant", "date"]);

/**
 * What products cost whom: list, group, special and rule prices of every product, website, group and day, in memory.
 *
 * A published rule comes into effect when every product was judged by it: 0.1 s at 100,000 products, in turns of 8 ms between
 * requests. Nothing is stored; a start judges all products again, and answers product by product until that is done.
 */
export function createCatalogPrices(deps: CatalogPricesDeps) {
  const { catalog, definitions, clock, logger, rateOf, timezone } = deps;
  const numbers = createProductNumbers();
  const specials = createSpecialPrices();
  const today = () => localDayOf(clock.now(), timezone);
  const listsOver = (table: PriceLists["table"]) =>
    createPriceLists({ table, specials, current: catalog.current, rateOf, today });
  let lists = listsOver(emptyTable);
  let conditions = new Map<string, CompiledRule>();
  let known: { readonly attributes: AttributeCatalog; readonly categories: CatalogSnapshot["categories"] } | undefined;
  let isAsked = false;
  let running: Promise<void> | undefined;
  let judgedAt = Number.NEGATIVE_INFINITY;
  /** Products that changed while a table is built. */
  let touched = new Set<string>();
  const recent = new Map<string, Pick<PriceAsker, "storeView" | "customerGroup">>();
  /** Lists of this second by kind of visitor: rules are looked at once a second, not at each request. */
  let answered = { second: 0, lists, byKind: new Map<string, ProductPrices | undefined>() };

  const contextOf = ({
    storeView,
    customerGroup = notLoggedIn,
    isMember,
    at = clock.now(),
  }: PriceAsker): PriceContext => ({
    storeView,
    website: foldCode(deps.websiteOf(storeView)),
    customerGroup: foldCode(customerGroup),
    nowMs: at,
    day: localDayOf(at, timezone),
    ...(isMember ? { isMember } : {}),
  });

  /** Equal conditions are compiled once, so that a rule whose dates or amounts change is not judged again. */
  const liveRules = (): readonly CatalogRule[] => {
    const { categories } = catalog.current();
    const attributes = deps.rules.attributes();
    if (known?.attributes !== attributes || known.categories !== categories) {
      conditions = new Map();
      known = { attributes, categories };
    }
    const used = new Map<string, CompiledRule>();
    const live = definitions.live<CatalogRuleBody>(catalogRuleKind).map((definition) =>
      toCatalogRule(definition, (rule) => {
        const text = JSON.stringify(rule);
        const compiled = conditions.get(text) ?? deps.rules.compile(rule, { use: "catalog_rule" });
        conditions.set(text, compiled);
        used.set(text, compiled);
        return compiled;
      }),
    );
    conditions = used;
    return live.sort(byPriority);
  };

  const isTimed = ({ productKeys }: CatalogRule): boolean => {
    const attributes = deps.rules.attributes();
    return productKeys.some((key) =>
      timedTypes.has(attributes.find(`product.${key.replaceAll(".", "\\.")}`)?.type ?? ""),
    );
  };

  const warm = async (next: PriceLists): Promise<void> => {
    if (!deps.warm) return;
    for (const asker of recent.values()) {
      const list = next.listFor(contextOf(asker));
      if (list) await deps.warm(list);
    }
  };

  /** Up to the first pause it runs at once, so a small catalog has new prices when a publication is answered. */
  const rebuild = async (): Promise<void> => {
    const startedAt = performance.now();
    const rules = liveRules();
    judgedAt = clock.now();
    touched = new Set();
    const work = buildRuleTable({
      rules,
      numbers,
      isTimed,
      snapshot: catalog.current(),
      nowMs: judgedAt,
      prior: lists.table,
    });
    let turnEnd = performance.now() + turnMs;
    let step = work.next();
    while (!step.done) {
      if (performance.now() > turnEnd) {
        await nextTurn();
        turnEnd = performance.now() + turnMs;
      }
      step = work.next();
    }
    const table = rules.length === 0 ? emptyTable : step.value;
    table.update(touched, catalog.current(), clock.now());
    const next = listsOver(table);
    if (deps.warm && recent.size > 0) await warm(next);
    // Products that changed while lists were warmed are known to the old table only.
    table.update(touched, catalog.current(), clock.now());
    lists = next;
    const tookMs = Math.round(performance.now() - startedAt);
    logger.info(
      { rules: rules.length, products: numbers.end(), classes: table.classCount(), tookMs },
      "catalog prices ready",
    );
  };

  const run = async (): Promise<void> => {
    while (isAsked) {
      isAsked = false;
      try {
        await rebuild();
      } catch (cause) {
        logger.error({ err: cause }, "catalog prices could not be worked out; the former ones stay");
      }
    }
    running = undefined;
  };
  const refresh = (): Promise<void> => {
    isAsked = true;
    running ??= run();
    return running;
  };

  const onCatalogChange = ({ upserted, deleted }: CatalogChange) => {
    if (upserted.length === 0 && deleted.length === 0) {
      // Categories or attributes: conditions may mean something else.
      if (lists.table.rules.length > 0 || running) void refresh();
      return;
    }
    const snapshot = catalog.current();
    const changed = new Set(deleted);
    for (const sku of upserted) {
      changed.add(sku);
      // Variants are judged by what their parent is, too.
      for (const variant of snapshot.get(sku)?.variants ?? []) changed.add(variant);
    }
    specials.update(changed, snapshot);
    answered.byKind.clear();
    if (running) for (const sku of changed) touched.add(sku);
    lists.table.update(changed, snapshot, clock.now());
    // A table under way may still hold their numbers; then they are not given out again.
    if (!running) for (const sku of deleted) numbers.drop(sku);
  };

  const note = (kind: string, { storeView, customerGroup }: PriceAsker) => {
    recent.delete(kind);
    recent.set(kind, { storeView, customerGroup });
    if (recent.size <= maxRecent) return;
    const [oldest] = recent.keys();
    if (oldest !== undefined) recent.delete(oldest);
  };

  const listNow = (asker: PriceAsker, now: number): ProductPrices | undefined => {
    const second = Math.floor(now / 1_000);
    if (answered.second !== second || answered.lists !== lists || answered.byKind.size > maxKinds)
      answered = { second, lists, byKind: new Map() };
    const kind = `${asker.storeView}\n${asker.customerGroup ?? notLoggedIn}`;
    if (!answered.byKind.has(kind)) {
      note(kind, asker);
      answered.byKind.set(kind, lists.listFor(contextOf(asker)));
    }
    return answered.byKind.get(kind);
  };

  const stops: (() => void)[] = [];
  let hashed: { readonly rules: readonly CatalogRule[]; readonly hash: string } = { rules: [], hash: hashOf([]) };
  return {
    /**
     * Judges the whole catalog; call it when definitions are loaded. Resolves after 2 s at the latest: until all products are judged,
     * each is when its price is asked for, and lists are filtered and sorted by the catalog's own prices.
     */
    start: async (): Promise<void> => {
      for (const product of catalog.current().products.values()) specials.put(product);
      stops.push(catalog.onChange(onCatalogChange));
      stops.push(definitions.onChange((kind) => void (kind === catalogRuleKind && refresh())));
      const rules = liveRules();
      if (rules.length > 0) lists = listsOver(createLazyTable({ rules, snapshot: catalog.current, now: clock.now }));
      const waiting = new AbortController();
      const longest = pause(startWaitMs, undefined, { signal: waiting.signal }).catch(() => undefined);
      await Promise.race([refresh(), longest]);
      waiting.abort();
    },
    stop: (): void => {
      for (const stop of stops.splice(0)) stop();
    },
    /** Resolves when every rule published by now has its effect. */
    settled: async (): Promise<void> => {
      while (running) await running;
    },
    /**
     * The prices of one kind of visitor: what lists, cards and facets show.
     *
     * @returns undefined when they are those of the catalog; the same object for visitors who pay the same
     */
    pricesFor: (asker: PriceAsker): ProductPrices | undefined => {
      const now = clock.now();
      if (now >= lists.table.nextChangeAt() && now - judgedAt >= leastPauseMs) void refresh();
      if (asker.at === undefined && !(asker.isMember && lists.hasAudiences)) return listNow(asker, now);
      return lists.listFor(contextOf(asker));
    },
    /** `computing`: the first time that all products are judged is not over. */
    state: (): "computing" | "ready" => (lists.table.isPartial ? "computing" : "ready"),
    /** Changes with the rules in effect and with the catalog. */
    version: (): string => {
      const { rules } = lists.table;
      if (hashed.rules !== rules) hashed = { rules, hash: hashOf(rules) };
      return `${hashed.hash}-${catalog.current().version}`;
    },
    /**
     * Why a product costs what it costs; undefined for an unknown SKU, null without a price of its own.
     *
     * @param look `reaching`: without the rules that do not reach it, for who asks for many products
     */
    explain: (
      sku: string,
      asker: PriceAsker,
      qty = 1,
      look: "all" | "reaching" = "all",
    ): ExplainedPrice | null | undefined => {
      const snapshot = catalog.current();
      const product = snapshot.get(sku);
      const { table } = lists;
      const reaching = (each: CatalogProduct): readonly CatalogRule[] =>
        table.placesOf(table.classOf(each.sku)).flatMap((place) => table.rules[place] ?? []);
      const deps = { rules: table.rules, snapshot, rateOf, ...(look === "all" ? {} : { rulesFor: reaching }) };
      return product && explainPrice(deps, product, contextOf(asker), qty);
    },
    /**
     * Products that a rule would reach, with their prices before and after, as if it were published. Judges the whole catalog, in
     * turns of 8 ms: 0.1 s at 100,000 products.
     *
     * @throws {ClienteleError} of the rule language, for conditions that are not whole
     */
    tryRule: (draft: CatalogRuleDraft, asker: PriceAsker, look: ProductLook): Promise<RuleTrial> => {
      const compile = (rule: unknown) => deps.rules.compile(rule, { use: "catalog_rule" });
      const { audiences = [] } = draft.body;
      const asMember = (key: string): boolean => audiences.includes(key) || (asker.isMember?.(key) ?? false);
      const context = contextOf({ ...asker, isMember: asMember });
      return tryRule(draft, look, { compile, context, rateOf, rules: lists.table.rules, snapshot: catalog.current() });
    },
    /** The rules in effect, and what a look at their conflicts takes: which products each reaches is known. */
    toSurvey: (nowMs: number): CatalogRuleLook => {
      const { table } = lists;
      return {
        ...{ rules: table.rules, nowMs, rateOf, today: localDayOf(nowMs, timezone) },
        products: catalog.current().products.values(),
        placesOf: (sku) => table.placesOf(table.classOf(sku)),
      };
    },
    /**
     * Keys of the rules that run for who asks and reach one of the products.
     *
     * @param toCome versions that replace those in effect by the time of the asker; default none
     */
    firedRules: (
      asker: PriceAsker,
      skus: readonly string[],
      toCome: readonly RuleDefinition[] = [],
    ): readonly string[] => {
      const { table } = lists;
      const context = contextOf(asker);
      const places = new Set(skus.flatMap((sku) => table.placesOf(table.classOf(sku))));
      const replaced = new Set(toCome.map(({ id }) => id));
      const fired = table.rules.flatMap((rule, place) =>
        places.has(place) && !replaced.has(rule.id) && whyIdle(rule, context) === undefined ? [rule.key] : [],
      );
      if (toCome.length === 0) return fired;
      const snapshot = catalog.current();
      const products = skus.flatMap((sku) => snapshot.get(sku) ?? []);
      const later = toCome
        .map((each) => toCatalogRule(each, (rule) => deps.rules.compile(rule, { use: "catalog_rule" })))
        .filter((rule) => whyIdle(rule, context) === undefined)
        .filter(({ condition, productKeys }) =>
          products.some((each) =>
            factsToJudge(each, snapshot, productKeys).some((product) => condition.test({ product }, context.nowMs)),
          ),
        );
      return [...fired, ...later.map(({ key }) => key)];
    },
  };
}

function hashOf(rules: readonly CatalogRule[]): string {
  const hash = createHash("sha256");
  for (const { id, version } of rules) hash.update(`${id}:${version};`);
  return hash.digest("hex").slice(0, 16);
}

export type CatalogPrices = ReturnType<typeof createCatalogPrices>;
