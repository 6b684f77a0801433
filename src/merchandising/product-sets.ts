// Which products a condition fits, known before anybody asks: a set of SKUs for each condition of a live rule, made by one pass over
// the listed products when the condition appears and kept by re-judging what a catalog change names. So a request looks SKUs up, however
// many conditions there are, and the hidden products of a list are known without going through it. Not for conditions about the shopper.
import type { CatalogChange, CatalogProduct, CatalogSnapshot } from "../catalog/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { CompiledRule, RuleObject, RuleUse } from "../kernel/rules/index.ts";
import { marginOf } from "./margin.ts";

/** Of a configurable product: `some` = it or one of its variants fits, `every` = it or each of its variants. */
export type Quantifier = "some" | "every";

export type ProductSetsDeps = {
  readonly catalog: {
    readonly current: () => CatalogSnapshot;
    readonly onChange: (handler: (change: CatalogChange) => void) => () => void;
  };
  readonly rules: {
    readonly compile: (rule: unknown, options: { readonly use: RuleUse }) => CompiledRule;
    readonly productOf: (sku: string) => RuleObject | undefined;
  };
  readonly clock: Clock;
};

type Entry = {
  readonly where: unknown;
  readonly quantifier: Quantifier;
  readonly rule: CompiledRule;
  readonly skus: Set<string>;
  /** When the truth for a product may change by time alone; only those where it may. */
  readonly dueAt: Map<string, number>;
  /** The soonest of `dueAt`. */
  changesAt: number;
  isStale: boolean;
};

const never = Number.POSITIVE_INFINITY;

export function createProductSets({ catalog, rules, clock }: ProductSetsDeps) {
  let entries = new Map<string, Entry>();
  let { attributes, categories } = catalog.current();
  let version = 0;
  const factsOf = createFacts(rules.productOf);

  const judge = (entry: Entry, product: CatalogProduct, nowMs: number): void => {
    const { rule, skus, dueAt } = entry;
    const fits = (sku: string) => rule.test({ product: factsOf(sku) }, nowMs);
    const { sku, variants } = product;
    const fitsByVariants = () =>
      variants.length > 0 && (entry.quantifier === "some" ? variants.some(fits) : variants.every(fits));
    if (fits(sku) || fitsByVariants()) skus.add(sku);
    else skus.delete(sku);
    const due = [sku, ...variants].reduce(
      (soonest, each) => Math.min(soonest, rule.nextChangeAt({ product: factsOf(each) }, nowMs) ?? never),
      never,
    );
    if (due === never) dueAt.delete(sku);
    else dueAt.set(sku, due);
    entry.changesAt = Math.min(entry.changesAt, due);
  };
  const pass = (where: unknown, quantifier: Quantifier, nowMs: number): Entry => {
    const rule = rules.compile(where, { use: "catalog_rule" });
    const made = {
      where,
      quantifier,
      rule,
      skus: new Set<string>(),
      dueAt: new Map(),
      changesAt: never,
      isStale: false,
    };
    for (const product of catalog.current().listed()) judge(made, product, nowMs);
    return made;
  };
  const judgeDue = (entry: Entry, nowMs: number): void => {
    const snapshot = catalog.current();
    entry.changesAt = never;
    for (const [sku, due] of [...entry.dueAt]) {
      const product = due <= nowMs ? snapshot.get(sku) : undefined;
      if (product) judge(entry, product, nowMs);
      else entry.changesAt = Math.min(entry.changesAt, due);
    }
  };

  const close = catalog.onChange((change) => {
    const snapshot = catalog.current();
    const nowMs = clock.now();
    version += 1;
    const isOtherShop = snapshot.attributes !== attributes || snapshot.categories !== categories;
    ({ attributes, categories } = snapshot);
    for (const entry of entries.values()) {
      // What an attribute means may have changed: the next request makes the set anew.
      if (isOtherShop) entry.isStale = true;
      if (entry.isStale) continue;
      for (const sku of [...change.deleted, ...change.upserted]) {
        const product = snapshot.get(sku);
        if (product && product.type !== "variant" && product.visibility !== "none") judge(entry, product, nowMs);
        else {
          entry.skus.delete(sku);
          entry.dueAt.delete(sku);
        }
      }
    }
  });

  // A condition belongs to an immutable definition; its text may be long.
  const texts = new WeakMap<object, string>();
  const textOf = (where: unknown): string => {
    if (typeof where !== "object" || where === null) return String(where);
    const text = texts.get(where) ?? JSON.stringify(where);
    texts.set(where, text);
    return text;
  };
  const keyOf = (where: unknown, quantifier: Quantifier) => `${quantifier} ${textOf(where)}`;

  return {
    /** Counts what may have changed a set; equal numbers mean equal sets, but for those that time changes. */
    version: () => version,
    /** SKUs that fit now. Belongs to this module, which changes it in place: for one request only. */
    setOf: (where: unknown, quantifier: Quantifier, nowMs: number): ReadonlySet<string> => {
      const key = keyOf(where, quantifier);
      const known = entries.get(key);
      if (known && !known.isStale && nowMs < known.changesAt) return known.skus;
      version += 1;
      if (known && !known.isStale) {
        judgeDue(known, nowMs);
        return known.skus;
      }
      const made = pass(where, quantifier, nowMs);
      entries.set(key, made);
      return made.skus;
    },
    /** As `setOf` for a preview: nothing is kept. */
    passOver: (where: unknown, quantifier: Quantifier, nowMs: number): ReadonlySet<string> =>
      pass(where, quantifier, nowMs).skus,
    /** Whether a set is known and time alone does not change it. */
    isSteady: (where: unknown, quantifier: Quantifier): boolean => {
      const known = entries.get(keyOf(where, quantifier));
      return known !== undefined && !known.isStale && known.dueAt.size === 0;
    },
    /** Forgets all sets but those of these conditions. */
    keepOnly: (conditions: readonly { readonly where: unknown; readonly quantifier: Quantifier }[]): void => {
      const wanted = new Set(conditions.map(({ where, quantifier }) => keyOf(where, quantifier)));
      entries = new Map([...entries].filter(([key]) => wanted.has(key)));
    },
    factsOf,
    close,
  };
}

export type ProductSets = ReturnType<typeof createProductSets>;

/** Facts of products with their margin, where the shop gave an attribute `cost` in major units: share of the price, 0 to 1. */
function createFacts(productOf: (sku: string) => RuleObject | undefined): (sku: string) => RuleObject {
  const withMargin = new WeakMap<RuleObject, RuleObject>();
  return (sku) => {
    const facts = productOf(sku) ?? { sku };
    if (facts["cost"] === undefined || facts["margin"] !== undefined) return facts;
    const known = withMargin.get(facts);
    if (known) return known;
    const made = { ...facts, margin: marginOf(facts["cost"], facts["final_price"]) };
    withMargin.set(facts, made);
    return made;
  };
}
