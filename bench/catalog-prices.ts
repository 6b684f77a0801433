import { createAudienceRules } from "../src/audiences/index.ts";
import { type CatalogProduct, createCatalogMemory, type ProductPrices } from "../src/catalog/index.ts";
import type { LiveDefinition } from "../src/definitions/index.ts";
import { createLogger, type JsonValue, type Money, systemClock } from "../src/kernel/index.ts";
import { type CatalogRuleBody, createCatalogPrices } from "../src/offers/index.ts";
import { createSearch } from "../src/search/index.ts";
import { aProduct } from "../src/testing/a-product.ts";
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { ascending, quantile } from "./lib/quantile.ts";

// Final prices of 100,000 products by 100 rules: from a publication to its effect, the longest turn that others wait meanwhile, and
// lists that are sorted, filtered and counted by the prices of a group beside lists at the catalog's own. Run alone:
// clientele bench catalog-prices

const ruleCount = 100;
const groups = ["general", "wholesale", "retailer"];
const colors = ["red", "blue", "green"];
const usd = (minor: number): Money => ({ minor, currency: "USD" });
const leaf = (path: string, op: string, value: JsonValue): JsonValue => ({ attribute: { path, op, value } });

function productsOf(count: number): readonly CatalogProduct[] {
  return Array.from({ length: count }, (_, at) => {
    const price = usd(500 + ((at * 7_919) % 50_000));
    return aProduct(`SKU-${at}`, {
      ...{ name: `Item ${at % 1_000} ${colors[at % 3]}`, price, finalPrice: price, brand: `Brand ${at % 300}` },
      categories: [`c${at % 20}/s${at % 500}`, `c${(at * 7) % 20}/s${(at * 7) % 500}`],
      attributes: { color: colors[at % 3] ?? "", size: String(at % 10) },
    });
  });
}

/** A category, some brands above a price, or a colour in a category. */
function conditionOf(at: number): JsonValue {
  if (at % 3 === 0) return leaf("product.category_ids", "contains", `c${at % 20}`);
  if (at % 3 === 1)
    return {
      all: [
        leaf("product.brand", "in", [`Brand ${at}`, `Brand ${at + 1}`, `Brand ${at + 2}`]),
        leaf("product.price", "gt", usd(1_000)),
      ],
    };
  return {
    all: [leaf("product.color", "eq", "red"), leaf("product.category_ids", "contains", `c${at % 20}/s${at % 500}`)],
  };
}

function ruleOf(at: number): LiveDefinition<CatalogRuleBody> {
  const id = String(at).padStart(8, "0");
  return {
    ...{ id, kind: "catalog-price-rule", key: `rule-${at}`, name: `Rule ${at}`, version: 1, updatedAt: 0 },
    ...{ scope: { storeViews: null }, schedule: null, window: { fromMs: null, toMs: null } },
    body: {
      priority: at,
      conditions: conditionOf(at),
      customerGroups: at % 2 === 0 ? ["general", "wholesale"] : ["wholesale", "retailer"],
      action:
        at % 4 === 0
          ? { type: "by_fixed", amounts: [usd(100)] }
          : { type: "by_percent", percent: String(1 + (at % 20)) },
    },
  };
}

/** Longest time in which nothing else could run, while the work was done. */
async function stallDuring(work: () => Promise<void>): Promise<{ readonly tookMs: number; readonly stallMs: number }> {
  let stallMs = 0;
  let last = performance.now();
  const tick = setInterval(() => {
    const now = performance.now();
    stallMs = Math.max(stallMs, now - last);
    last = now;
  }, 1);
  const startedAt = performance.now();
  await work();
  clearInterval(tick);
  return { tookMs: performance.now() - startedAt, stallMs };
}

function timesOf(work: () => unknown, rounds: number): Float64Array {
  for (let round = 0; round < 5; round += 1) work();
  return ascending(
    Array.from({ length: rounds }, () => {
      const startedAt = performance.now();
      work();
      return performance.now() - startedAt;
    }),
  );
}

export async function run({ quick }: Pick<BenchOptions, "quick">): Promise<readonly BenchRow[]> {
  const count = quick ? 10_000 : 100_000;
  const catalog = createCatalogMemory();
  catalog.apply({ version: 1, upserted: productsOf(count) });
  const followed = { current: catalog.current, onChange: () => () => undefined };
  const logger = createLogger("silent");
  let live: readonly LiveDefinition<CatalogRuleBody>[] = [];
  let publish: (kind: string) => void = () => undefined;
  const prices = createCatalogPrices({
    ...{ catalog: followed, rules: createAudienceRules({ catalog, config: { timezone: "UTC" } }) },
    definitions: {
      // The only kind that is asked for.
      live: <B>() => live as unknown as readonly LiveDefinition<B>[],
      onChange: (handler) => {
        publish = handler;
        return () => undefined;
      },
    },
    ...{ rateOf: () => undefined, websiteOf: () => "base", timezone: "UTC", clock: systemClock, logger },
  });
  const search = createSearch({ catalog: followed, clock: systemClock, logger });
  await search.settled();
  await prices.start();
  const published = (next: readonly LiveDefinition<CatalogRuleBody>[]) =>
    stallDuring(async () => {
      live = next;
      publish("catalog-price-rule");
      await prices.settled();
    });
  const rules = Array.from({ length: ruleCount }, (_, at) => ruleOf(at));
  const all = await published(rules);
  const one = await published([...rules, ruleOf(ruleCount + 2)]);
  const listOf = (customerGroup: string): ProductPrices | undefined =>
    prices.pricesFor({ storeView: "default", customerGroup });
  const prepared = await stallDuring(async () => {
    for (const group of groups) {
      const list = listOf(group);
      if (list) await search.preparePrices(list);
    }
  });
  const request = { q: "item", sort: "price", facets: ["price"] };
  const own = timesOf(() => search.search(request), 60);
  const list = listOf("wholesale");
  const group = timesOf(() => search.search({ ...request, ...(list ? { prices: list } : {}) }), 60);
  search.close();
  const products = `${count.toLocaleString("en")} products`;
  return [
    row(`${ruleCount} rules published, ${products}`, all.tookMs, "ms", "≤ 60,000", "until every price follows them"),
    row(`one more rule published, ${products}`, one.tookMs, "ms", "≤ 60,000"),
    row("longest turn meanwhile", Math.max(all.stallMs, one.stallMs), "ms", "", "other requests wait so long"),
    row(`prices of ${groups.length} groups prepared for search`, prepared.tookMs, "ms"),
    against(
      row("search sorted and counted by group price, p99", quantile(group, 0.99), "ms"),
      "the same at the catalog's own prices",
      quantile(own, 0.99) / quantile(group, 0.99),
    ),
  ];
}
