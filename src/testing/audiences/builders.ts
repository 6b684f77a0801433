import type { CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import type { CanonicalEvent } from "../../collect/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import { emptyState, type OwnedIdentifier, type ProfileState } from "../../profiles/index.ts";

export const noon = Date.parse("2026-03-10T12:00:00Z");
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** A catalog of these products without categories and attributes of its own. */
export function aCatalog(...products: readonly CatalogProduct[]): CatalogSnapshot {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  return {
    version: 1,
    products: bySku,
    categories: new Map(),
    attributes: new Map([
      [
        "color",
        {
          code: "color",
          label: "Color",
          input: "select",
          options: ["red", "blue"],
          searchable: false,
          searchWeight: 1,
          filterable: true,
          filterableInSearch: true,
          sortable: false,
          usedForPromoRules: true,
        },
      ],
    ]),
    get: (sku) => bySku.get(sku),
    parentOf: (sku) => bySku.get(bySku.get(sku)?.parentSku ?? sku),
    inCategory: () => [],
    listed: () => products,
  };
}

let eventCount = 0;

export function anEvent(type: string, timestamp: number, properties: JsonObject = {}): CanonicalEvent {
  eventCount += 1;
  return {
    messageId: `m-${eventCount}`,
    sourceId: "shop",
    sourceKind: "native",
    type,
    originalName: type,
    timestamp,
    receivedAt: timestamp,
    identifiers: [{ namespace: "anonymous_id", value: "a-1" }],
    verified: false,
    storeView: "default",
    properties,
    context: {},
    extra: {},
    flags: [],
  };
}

export function aState(more: Partial<ProfileState> = {}): ProfileState {
  return { ...emptyState(noon - 30 * dayMs), ...more };
}

export function anIdentifier(namespace: string, value: string): OwnedIdentifier {
  return { namespace, value, validFrom: 0, validTo: null, verified: true };
}

/** A live audience definition; its id follows from its number. */
export function anAudience(
  number: number,
  key: string,
  rule: unknown,
  more: { version?: number } = {},
): LiveDefinition<{ rule: unknown }> {
  return {
    id: `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`,
    kind: "audience",
    key,
    name: key,
    version: more.version ?? 1,
    scope: { storeViews: null },
    schedule: null,
    window: { fromMs: null, toMs: null },
    body: { rule },
    updatedAt: 0,
  };
}
