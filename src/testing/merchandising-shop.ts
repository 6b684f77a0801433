import { createAudienceRules } from "../audiences/index.ts";
import type { AttributeMeta, CatalogProduct, Category } from "../catalog/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import { createFixedClock } from "../kernel/index.ts";
import type { RuleSubject } from "../kernel/rules/index.ts";
import { createMerchandising, type MerchandisingRequest, type MerchandisingSignals } from "../merchandising/index.ts";
import { createTestCatalog } from "../search/search-fixture.ts";

type Extra = {
  readonly id?: string;
  readonly name?: string;
  readonly updatedAt?: number;
  readonly storeViews?: readonly string[];
  readonly fromMs?: number;
  readonly toMs?: number;
};

type ShopperFacts = {
  readonly audiences?: readonly string[];
  readonly subject?: RuleSubject;
  readonly viewed?: readonly string[];
};

const start = Date.parse("2026-06-01T00:00:00Z");

/** Merchandising over a catalog in memory, with definitions that a test publishes directly. */
export function createMerchandisingShop(
  products: readonly CatalogProduct[],
  options: {
    readonly categories?: readonly Category[];
    readonly attributes?: readonly AttributeMeta[];
    readonly signals?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  } = {},
) {
  const { categories, attributes, signals: counts = {} } = options;
  const catalog = createTestCatalog();
  catalog.apply({ upserted: products, ...(categories ? { categories } : {}), ...(attributes ? { attributes } : {}) });
  const clock = createFixedClock(start);
  const rules = createAudienceRules({ catalog, config: { timezone: "UTC" } });
  const lists = new Map<string, readonly LiveDefinition<unknown>[]>();
  const none: readonly LiveDefinition<unknown>[] = [];
  let changed: (kind: string) => void = () => undefined;
  const signals: MerchandisingSignals = {
    signalOf: (name, days) => (sku) => (counts[`${name} ${days}`] ?? counts[name])?.[sku],
    viewedWith: (viewed) => (sku) =>
      viewed.reduce<number | undefined>((sum, each) => {
        const more = counts[`with ${each}`]?.[sku];
        return more === undefined ? sum : (sum ?? 0) + more;
      }, undefined),
  };
  const merchandising = createMerchandising({
    catalog,
    // The bodies are what the test wrote for the kind.
    definitions: {
      live: <B>(kind: string) => (lists.get(kind) ?? none) as readonly LiveDefinition<B>[],
      onChange: (handler) => {
        changed = handler;
        return () => undefined;
      },
    },
    rules,
    signals,
    clock,
  });
  let made = 0;
  const live = (kind: string) => lists.get(kind) ?? none;
  return {
    catalog,
    clock,
    merchandising,
    live,
    publish: (kind: string, body: object, extra: Extra = {}): string => {
      made += 1;
      const id = extra.id ?? `${kind}-${String(made).padStart(4, "0")}`;
      const definition: LiveDefinition<unknown> = {
        id,
        kind,
        key: id,
        name: extra.name ?? id,
        version: 1,
        scope: { storeViews: extra.storeViews ?? null },
        schedule: null,
        window: { fromMs: extra.fromMs ?? null, toMs: extra.toMs ?? null },
        body,
        updatedAt: extra.updatedAt ?? start + made,
      };
      lists.set(kind, [...live(kind).filter((each) => each.id !== id), definition]);
      changed(kind);
      return id;
    },
    remove: (kind: string, id: string): void => {
      lists.set(
        kind,
        live(kind).filter((each) => each.id !== id),
      );
      changed(kind);
    },
    /** What is said of a list; a search when the subject is given as a query, a category when as `category:path`. */
    forList: (
      subject: string,
      { audiences = [], subject: facts = {}, viewed = [] }: ShopperFacts = {},
      more: Partial<MerchandisingRequest> = {},
    ) =>
      merchandising.forList({
        subject: subject.startsWith("category:")
          ? { kind: "category", path: subject.slice("category:".length) }
          : { kind: "search", q: subject },
        storeView: "default",
        nowMs: clock.now(),
        shopper: { isMember: (key) => audiences.includes(key), subject: () => facts, viewed },
        ...more,
      }),
    /** Faults that a kind finds in a body. */
    faults: async (kind: string, body: object): Promise<readonly string[]> => {
      const found = merchandising.kinds.find((each) => each.kind === kind);
      const context = {
        key: "new",
        scope: { storeViews: null },
        live: <B>(other: string) => live(other) as readonly LiveDefinition<B>[],
      };
      return ((await found?.check?.(body, context)) ?? []).map(({ path, code }) => `${path} ${code}`);
    },
  };
}

export type MerchandisingShop = ReturnType<typeof createMerchandisingShop>;
