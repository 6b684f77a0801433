// Which products a condition fits, known before anybody asks: a set of SKUs for each condition of a live rule, made by one pass over
// the listed products when the condition appears (a little at a time, or at once when a request needs it) and kept by judging again
// what a catalog change names. So a request looks SKUs up, however
// many conditions there are, and the hidden products of a list are known without going through it. Not for conditions about the shopper.
import type { CatalogChange, CatalogProduct, CatalogSnapshot } from "../catalog/index.ts";
import { type Clock, plainText } from "../kernel/index.ts";
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

const never = Number.POSITIVE_INFINITY;
/** About 4 ms of work: what waits for the same thread hardly notices. */
const stepSize = 1_000;

export function createProductSets({ catalog, rules, clock }: ProductSetsDeps) {
  let entries = new Map<string, Entry>();
  let { attributes, categories } = catalog.current();
  let version = 0;
  let step: NodeJS.Immediate | undefined;
  const factsOf = createFacts(rules.productOf);
  const keyOf = createKeys();

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
    for (const entry of entries.values())
      for (const sku of [...change.deleted, ...change.upserted]) judgeNow(entry, sku, nowMs);
  });

  return {
    /** Counts what may have changed a set; equal numbers mean equal sets, but for those that time changes. */
    version: () => version,
    /** SKUs that fit now. Belongs to this module, which changes it in place: for one request only. */
    setOf: (where: unknown, quantifier: Quantifier, nowMs: number): ReadonlySet<string> => {
      const key = keyOf(where, quantifier);
      const entry = entries.get(key) ?? begin({ where, quantifier });
      if (isDone(entry) && nowMs < entry.changesAt) {
        entries.set(key, entry);
        return entry.skus;
      }
      version += 1;
      goOn(entry, entry.listed.length, nowMs);
      if (nowMs >= entry.changesAt) judgeDue(entry, nowMs);
      entries.set(key, entry);
      return entry.skus;
    },
    /** As `setOf` for a preview: nothing is kept. */
    passOver: (where: unknown, quantifier: Quantifier, nowMs: number): ReadonlySet<string> => {
      const entry = begin({ where, quantifier });
      goOn(entry, entry.listed.length, nowMs);
      return entry.skus;
    },
    /** Whether a set is known and time alone does not change it. */
    isSteady: (where: unknown, quantifier: Quantifier): boolean => {
      const known = entries.get(keyOf(where, quantifier));
      return known !== undefined && isDone(known) && known.dueAt.size === 0;
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
    close: (): void => {
      stopFollowing();
      clearImmediate(step);
    },
  };
}

export type ProductSets = ReturnType<typeof createProductSets>;

/** A condition by its text; it belongs to an immutable definition and may be long. */
function createKeys(): (where: unknown, quantifier: Quantifier) => string {
  const texts = new WeakMap<object, string>();
  const textOf = (where: unknown): string => {
    if (typeof where !== "object" || where === null) return plainText(where);
    const text = texts.get(where) ?? JSON.stringify(where);
    texts.set(where, text);
    return text;
  };
  return (where, quantifier) => `${quantifier} ${textOf(where)}`;
}

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
