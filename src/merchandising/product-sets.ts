// Which products a condition fits, known before anybody asks: a set of SKUs for each condition of a live rule, made by one pass over
// the listed products when the condition appears (a little at a time, or at once when a request needs it) and kept by judging again
// what a catalog change names. So a request looks SKUs up, however
// many conditions there are, and the hidden products of a list are known without going through it. Not for conditions about the shopper.
// Of a condition about the price to pay there is one more set for each kind of shopper whose prices differ; only products that cost
// them something else are judged for it.
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type CatalogChange,
  type CatalogProduct,
  type CatalogSnapshot,
  isAtCatalogPrice,
  type ProductPrices,
} from "../catalog/index.ts";
import { type Clock, plainText } from "../kernel/index.ts";
import type { CompiledRule, RuleObject, RuleUse } from "../kernel/rules/index.ts";
import { createChangeLog } from "./change-log.ts";
import { createPricedFacts } from "./priced-facts.ts";

/** Of a configurable product: `some` = it or one of its variants fits, `every` = it or each of its variants. */
export type Quantifier = "some" | "every";

export type ProductSetsDeps = {
  readonly catalog: {
    readonly current: () => CatalogSnapshot;
    readonly onChange: (handler: (change: CatalogChange) => void) => () => void;
  };
  readonly rules: {
    readonly compile: (rule: unknown, options: { readonly use: RuleUse }) => CompiledRule;
    readonly productOf: (sku: string, prices?: ProductPrices) => RuleObject | undefined;
  };
  readonly clock: Clock;
};

export type Condition = { readonly where: unknown; readonly quantifier: Quantifier };

type Entry = Condition & {
  readonly rule: CompiledRule;
  readonly skus: Set<string>;
  /** When the truth for a product may change by time alone; only those where it may. */
  readonly dueAt: Map<string, number>;
  /** The soonest of `dueAt`. */
  changesAt: number;
  /** Products that were listed when the pass began, and how many of them are judged. */
  readonly listed: readonly CatalogProduct[];
  judged: number;
};

/** A set at the prices of a kind of shopper. */
type PricedEntry = {
  readonly entry: Entry;
  /** The set at the catalog's own prices. */
  readonly base: Entry;
  /** Place in the log of changes up to which it follows the catalog. */
  followed: number;
};

const never = Number.POSITIVE_INFINITY;
/** About 4 ms of work: what waits for the same thread hardly notices. */
const stepSize = 1_000;

export function createProductSets({ catalog, rules, clock }: ProductSetsDeps) {
  let entries = new Map<string, Entry>();
  let { attributes, categories } = catalog.current();
  let version = 0;
  let step: NodeJS.Immediate | undefined;
  const { factsOf, factOf } = createPricedFacts(rules.productOf, (sku) => catalog.current().get(sku));
  const { keyOf, readsPrices } = createKeys();
  const changes = createChangeLog();
  const entriesByPrices = new WeakMap<ProductPrices, Map<string, PricedEntry>>();

  const judge = (entry: Entry, product: CatalogProduct, nowMs: number, prices?: ProductPrices): void => {
    const { rule, skus, dueAt } = entry;
    const fits = (sku: string) => rule.test({ product: factsOf(sku, prices) }, nowMs);
    const { sku, variants } = product;
    const fitsByVariants = () =>
      variants.length > 0 && (entry.quantifier === "some" ? variants.some(fits) : variants.every(fits));
    if (fits(sku) || fitsByVariants()) skus.add(sku);
    else skus.delete(sku);
    const due = [sku, ...variants].reduce(
      (soonest, each) => Math.min(soonest, rule.nextChangeAt({ product: factsOf(each, prices) }, nowMs) ?? never),
      never,
    );
    if (due === never) dueAt.delete(sku);
    else dueAt.set(sku, due);
    entry.changesAt = Math.min(entry.changesAt, due);
  };
  /** Judges a product as it is now; one that no list shows any more belongs to no set. */
  const judgeNow = (entry: Entry, sku: string, nowMs: number): void => {
    const product = catalog.current().get(sku);
    if (product && product.type !== "variant" && product.visibility !== "none") judge(entry, product, nowMs);
    else {
      entry.skus.delete(sku);
      entry.dueAt.delete(sku);
    }
  };
  const judgeDue = (entry: Entry, nowMs: number): void => {
    entry.changesAt = never;
    for (const [sku, due] of [...entry.dueAt]) {
      if (due <= nowMs) judgeNow(entry, sku, nowMs);
      else entry.changesAt = Math.min(entry.changesAt, due);
    }
  };

  const begin = ({ where, quantifier }: Condition): Entry => ({
    ...{ where, quantifier, rule: rules.compile(where, { use: "catalog_rule" }) },
    ...{ skus: new Set(), dueAt: new Map(), changesAt: never },
    listed: catalog.current().listed(),
    judged: 0,
  });
  const isDone = ({ judged, listed }: Entry) => judged >= listed.length;
  const goOn = (entry: Entry, most: number, nowMs: number): void => {
    const end = Math.min(entry.listed.length, entry.judged + most);
    // By SKU: the product may have changed since the pass began.
    for (; entry.judged < end; entry.judged += 1) judgeNow(entry, entry.listed[entry.judged]?.sku ?? "", nowMs);
  };
  /** Finishes what was begun, a little at a time; a request that needs a set before does not wait for it. */
  const goOnLater = (): void => {
    step ??= setImmediate(() => {
      step = undefined;
      const open = [...entries.values()].find((entry) => !isDone(entry));
      if (!open) return;
      goOn(open, stepSize, clock.now());
      goOnLater();
    }).unref();
  };

  const stopFollowing = catalog.onChange((change) => {
    const snapshot = catalog.current();
    const nowMs = clock.now();
    version += 1;
    const isOtherShop = snapshot.attributes !== attributes || snapshot.categories !== categories;
    ({ attributes, categories } = snapshot);
    // What an attribute means may have changed.
    if (isOtherShop) entries = new Map([...entries].map(([key, entry]) => [key, begin(entry)]));
    if (isOtherShop) return goOnLater();
    const skus = [...change.deleted, ...change.upserted];
    for (const entry of entries.values()) for (const sku of skus) judgeNow(entry, sku, nowMs);
    // Prices may follow the change after this handler; sets at prices are brought up to date when they are asked for.
    changes.note(skus);
  });

  const setOf = ({ where, quantifier }: Condition, nowMs: number): Entry => {
    const key = keyOf(where, quantifier);
    const entry = entries.get(key) ?? begin({ where, quantifier });
    entries.set(key, entry);
    if (isDone(entry) && nowMs < entry.changesAt) return entry;
    version += 1;
    goOn(entry, entry.listed.length, nowMs);
    if (nowMs >= entry.changesAt) judgeDue(entry, nowMs);
    return entry;
  };

  /** One product of a set at prices: as at the catalog's own, unless it or a variant costs something else. */
  const judgeAt = (
    { entry, base }: Pick<PricedEntry, "entry" | "base">,
    sku: string,
    nowMs: number,
    prices: ProductPrices,
  ): void => {
    const snapshot = catalog.current();
    const product = snapshot.get(sku);
    const isOther = (each: CatalogProduct | undefined): boolean =>
      each !== undefined && !isAtCatalogPrice(each, prices);
    const isListed = product && product.type !== "variant" && product.visibility !== "none";
    if (isListed && (isOther(product) || product.variants.some((variant) => isOther(snapshot.get(variant))))) {
      judge(entry, product, nowMs, prices);
      return;
    }
    const due = base.dueAt.get(sku);
    if (base.skus.has(sku)) entry.skus.add(sku);
    else entry.skus.delete(sku);
    if (due === undefined) entry.dueAt.delete(sku);
    else entry.dueAt.set(sku, due);
    entry.changesAt = Math.min(entry.changesAt, due ?? never);
  };
  const catchUp = (priced: PricedEntry, changed: readonly string[], nowMs: number, prices: ProductPrices): void => {
    const { entry } = priced;
    const isDue = nowMs >= entry.changesAt;
    if (changed.length > 0 || isDue) version += 1;
    for (const sku of changed) judgeAt(priced, sku, nowMs, prices);
    priced.followed = changes.end();
    if (!isDue) return;
    entry.changesAt = never;
    for (const [sku, due] of [...entry.dueAt]) {
      if (due <= nowMs) judgeAt(priced, sku, nowMs, prices);
      else entry.changesAt = Math.min(entry.changesAt, due);
    }
  };

  /** Makes a set at prices, or brings it up to date; pauses after every few products. */
  function* setAt(condition: Condition, nowMs: number, prices: ProductPrices): Generator<undefined, Entry> {
    const base = setOf(condition, nowMs);
    const key = keyOf(condition.where, condition.quantifier);
    const byKey = entriesByPrices.get(prices) ?? new Map<string, PricedEntry>();
    entriesByPrices.set(prices, byKey);
    const known = byKey.get(key);
    const changed = known?.base === base ? changes.since(known.followed) : undefined;
    if (known && changed) {
      catchUp(known, changed, nowMs, prices);
      return known.entry;
    }
    const entry: Entry = { ...base, skus: new Set(), dueAt: new Map(), changesAt: never };
    const made: PricedEntry = { entry, base, followed: changes.end() };
    let seen = 0;
    for (const { sku } of catalog.current().listed()) {
      judgeAt(made, sku, nowMs, prices);
      seen += 1;
      if (seen % stepSize === 0) yield;
    }
    version += 1;
    byKey.set(key, made);
    return entry;
  }
  const entryAt = (condition: Condition, nowMs: number, prices: ProductPrices | undefined): Entry => {
    if (!prices || !readsPrices(condition.where)) return setOf(condition, nowMs);
    const work = setAt(condition, nowMs, prices);
    let step = work.next();
    while (!step.done) step = work.next();
    return step.value;
  };

  return {
    /** Counts what may have changed a set; equal numbers mean equal sets, but for those that time changes. */
    version: () => version,
    /** SKUs that fit now. Belongs to this module, which changes it in place: for one request only. */
    setOf: (where: unknown, quantifier: Quantifier, nowMs: number, prices?: ProductPrices): ReadonlySet<string> =>
      entryAt({ where, quantifier }, nowMs, prices).skus,
    /** As `setOf` for a preview: nothing is kept. */
    passOver: (where: unknown, quantifier: Quantifier, nowMs: number, prices?: ProductPrices): ReadonlySet<string> => {
      const entry = begin({ where, quantifier });
      for (const product of entry.listed) judge(entry, product, nowMs, prices);
      return entry.skus;
    },
    /** Whether a set is known and time alone does not change it. */
    isSteady: (where: unknown, quantifier: Quantifier, prices?: ProductPrices): boolean => {
      const key = keyOf(where, quantifier);
      const known = prices && readsPrices(where) ? entriesByPrices.get(prices)?.get(key)?.entry : entries.get(key);
      return known !== undefined && isDone(known) && known.dueAt.size === 0;
    },
    /** Whether a condition asks what the shopper pays, so that its set depends on that. */
    readsPrices,
    /** Makes the sets of the followed conditions at prices that are about to come into effect, a little at a time. */
    prepare: async (prices: ProductPrices): Promise<void> => {
      for (const condition of [...entries.values()]) {
        if (!readsPrices(condition.where)) continue;
        for (const work = setAt(condition, clock.now(), prices); !work.next().done; ) await nextTurn();
      }
    },
    /** Keeps the sets of these conditions and makes those that are missing in the background; forgets all others. */
    follow: (conditions: readonly Condition[]): void => {
      entries = new Map(
        conditions.map((condition) => {
          const key = keyOf(condition.where, condition.quantifier);
          return [key, entries.get(key) ?? begin(condition)];
        }),
      );
      goOnLater();
    },
    factsOf,
    factOf,
    close: (): void => {
      stopFollowing();
      clearImmediate(step);
    },
  };
}

export type ProductSets = ReturnType<typeof createProductSets>;

/** A condition by its text; it belongs to an immutable definition and may be long. */
function createKeys() {
  const texts = new WeakMap<object, string>();
  const priced = new WeakMap<object, boolean>();
  const textOf = (where: unknown): string => {
    if (typeof where !== "object" || where === null) return plainText(where);
    const text = texts.get(where) ?? JSON.stringify(where);
    texts.set(where, text);
    return text;
  };
  return {
    keyOf: (where: unknown, quantifier: Quantifier): string => `${quantifier} ${textOf(where)}`,
    readsPrices: (where: unknown): boolean => {
      if (typeof where !== "object" || where === null) return false;
      // A value with such a text in it costs a second set, which is the same.
      const isPriced = priced.get(where) ?? /final_price|margin/.test(textOf(where));
      priced.set(where, isPriced);
      return isPriced;
    },
  };
}
