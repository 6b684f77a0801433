import { createAudienceRules } from "../../audiences/index.ts";
import { type CatalogProduct, createCatalogMemory, withPrices } from "../../catalog/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import { createFixedClock, createLogger, type JsonValue, type Money } from "../../kernel/index.ts";
import type { CatalogRuleBody } from "./catalog-rule.ts";
import { createCatalogPrices, type PriceAsker } from "./create-catalog-prices.ts";

// Shops for the tests of this folder: a catalog, live rules, and the prices over both, without any engine.

export const usd = (minor: number): Money => ({ minor, currency: "USD" });
export const noon = Date.parse("2026-03-10T12:00:00Z");
export const dayMs = 86_400_000;

type Given = Omit<Partial<LiveDefinition<CatalogRuleBody>>, "body"> & { readonly body: Partial<CatalogRuleBody> };

let made = 0;
const tenOff = { type: "by_percent", percent: "10" } as const;

export function aRule({ body, ...more }: Given): LiveDefinition<CatalogRuleBody> {
  made += 1;
  const id = String(made).padStart(8, "0");
  return {
    ...{ id, kind: "catalog-price-rule", key: `r${made}`, name: `Rule ${made}`, version: 1, updatedAt: 0 },
    ...{ scope: { storeViews: null }, schedule: null, window: { fromMs: null, toMs: null } },
    ...more,
    body: { priority: 0, action: tenOff, ...body },
  };
}

export function inCategory(path: string): JsonValue {
  return { attribute: { path: "product.category_ids", op: "contains", value: path } };
}

function follow<H>(handlers: H[]) {
  return (handler: H) => {
    handlers.push(handler);
    return () => undefined;
  };
}

/** A catalog, live rules, and the prices over both, without any engine. */
export function aShop(products: readonly CatalogProduct[], rules: readonly LiveDefinition<CatalogRuleBody>[] = []) {
  const clock = createFixedClock(noon);
  const memory = createCatalogMemory();
  memory.apply({ version: 1, upserted: products });
  let live: readonly LiveDefinition<CatalogRuleBody>[] = rules;
  const handlers: ((kind: string) => void)[] = [];
  const catalogHandlers: ((change: ReturnType<typeof memory.apply>) => void)[] = [];
  const shopRules = createAudienceRules({ catalog: memory, config: { timezone: "UTC" } });
  const warmed: unknown[] = [];
  const prices = createCatalogPrices({
    catalog: { current: memory.current, onChange: follow(catalogHandlers) },
    definitions: {
      live: <B>() => live as unknown as readonly LiveDefinition<B>[],
      onChange: follow(handlers),
    },
    rules: shopRules,
    rateOf: (from, to) => (from === "USD" && to === "EUR" ? "0.9" : undefined),
    websiteOf: (storeView) => (storeView.startsWith("b2b") ? "b2b" : "base"),
    timezone: "UTC",
    clock,
    logger: createLogger("silent"),
    warm: async (list) => void warmed.push(list),
  });
  return {
    ...{ clock, memory, prices, warmed, shopRules },
    apply: (update: Omit<Parameters<typeof memory.apply>[0], "version">) => {
      const change = memory.apply({ ...update, version: memory.current().version + 1 });
      for (const handler of catalogHandlers) handler(change);
    },
    setRules: async (next: readonly LiveDefinition<CatalogRuleBody>[]) => {
      live = next;
      for (const handler of handlers) handler("catalog-price-rule");
      await prices.settled();
    },
    priceOf: (sku: string, asker: Partial<PriceAsker> = {}) =>
      withPrices(memory.current(), prices.pricesFor({ storeView: "default", ...asker })).get(sku)?.finalPrice?.minor,
  };
}
