// A shop of a test: a catalog in memory, and rules over its attributes.
import { createAudienceRules } from "../audiences/index.ts";
import type { AttributeMeta, Category } from "../catalog/index.ts";
import { type CatalogChange, type CatalogProduct, type CatalogUpdate, createCatalogMemory } from "../catalog/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import { createFixedClock, type JsonValue } from "../kernel/index.ts";
import { createRelatedProducts } from "./create-related-products.ts";
import type { RelatedListBody } from "./list-kind.ts";
import type { RelatedRuleBody } from "./rule-kind.ts";

export const noon = Date.UTC(2026, 5, 1, 12);

export const is = (path: string, op: string, value?: JsonValue): JsonValue => ({
  attribute: { path, op, ...(value === undefined ? {} : { value }) },
});
export const everyone = { everyone: true };

export function aCategory(path: string): Category {
  const at = path.lastIndexOf("/");
  const urlKey = path.slice(at + 1);
  return { path, name: urlKey, urlKey, parentPath: at < 0 ? null : path.slice(0, at), position: 0, inMenu: true };
}

export function anAttribute(code: string, input: AttributeMeta["input"]): AttributeMeta {
  return {
    ...{ code, label: code, input, options: [], searchable: false, searchWeight: 1 },
    ...{ filterable: true, filterableInSearch: true, sortable: false, usedForPromoRules: true },
  };
}

export function startShop(first: Omit<CatalogUpdate, "version">) {
  const clock = createFixedClock(noon);
  const memory = createCatalogMemory();
  const handlers = new Set<(change: CatalogChange) => void>();
  let version = 0;
  const update = (changes: Omit<CatalogUpdate, "version">): void => {
    version += 1;
    const change = memory.apply({ version, ...changes });
    for (const handler of handlers) handler(change);
  };
  update(first);
  const catalog = {
    current: memory.current,
    onChange: (handler: (change: CatalogChange) => void) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
  const rules = createAudienceRules({ catalog, config: { timezone: "UTC" } });
  const live = new Map<string, LiveDefinition<unknown>[]>();
  const publish = <B>(kind: string, key: string, body: B, more: Partial<LiveDefinition<B>> = {}): void => {
    const definition: LiveDefinition<B> = {
      ...{ id: `id-${key}`, kind, key, name: key, version: 1, scope: { storeViews: null }, schedule: null },
      ...{ window: { fromMs: null, toMs: null }, body, updatedAt: noon },
      ...more,
    };
    live.set(kind, [...(live.get(kind) ?? []), definition]);
  };
  /** Keys of audiences that everybody with a profile is in. */
  const audiences = new Set<string>();
  const related = createRelatedProducts({
    catalog,
    rules,
    // What a test publishes has the type of its kind.
    definitions: { live: <B>(kind: string) => (live.get(kind) ?? []) as unknown as readonly LiveDefinition<B>[] },
    audiences: {
      subjectOf: (_profile, { context, product }) => ({
        context,
        product: product === undefined ? undefined : rules.productOf(product),
        productOf: rules.productOf,
      }),
      isMember: (key) => audiences.has(key),
    },
    clock,
  });
  return {
    ...{ audiences, catalog, clock, related, rules, update },
    products: (changed: readonly CatalogProduct[], deleted: readonly string[] = []) =>
      update({ upserted: changed, deleted }),
    rule: (key: string, body: Partial<RelatedRuleBody>, more: Partial<LiveDefinition<RelatedRuleBody>> = {}) =>
      publish(
        "related-product-rule",
        key,
        { applyTo: "related", priority: 1, audiences: [], match: everyone, display: everyone, ...body },
        more,
      ),
    list: (key: string, body: Partial<RelatedListBody>, more: Partial<LiveDefinition<RelatedListBody>> = {}) =>
      publish(
        "related-product-list",
        key,
        { placement: "product.related", priority: 1, audiences: [], list: "related", label: key, ...body },
        more,
      ),
    unpublish: () => live.clear(),
    /** SKUs of a list for some products of a page. */
    shown: (
      name: string,
      items: readonly string[],
      more: Partial<Parameters<typeof related.answer>[0]> = {},
    ): readonly string[] => {
      const settings =
        more.settings ?? related.settings(name, { profile: null, cart: null, storeView: "default", ...more });
      if (!settings) throw new Error(`no list ${name}`);
      const query = { settings, items, profile: null, cart: null, storeView: "default", seed: "s", ...more };
      return related.answer(query).items.map(({ sku }) => sku);
    },
  };
}

export type Shop = ReturnType<typeof startShop>;
