// The index against a naive reading of the specification: every product judged by every rule, one after the other.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogProduct } from "../catalog/index.ts";
import type { JsonValue } from "../kernel/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { defaultSettings, type ListSettings, sources } from "./list-kind.ts";
import { rotate } from "./rotate.ts";
import type { RelatedRuleBody } from "./rule-kind.ts";
import { aCategory, anAttribute, everyone, is, noon, type Shop, startShop } from "./shop-fixture.ts";

const skus = Array.from({ length: 24 }, (_, at) => `p-${String(at).padStart(2, "0")}`);
const paths = ["a", "a/b", "a/b/c", "a/d", "e"];
const brands = ["Acme", "ACME", "acme ", "İda", "ß", "10", "10.0", "é", "é", ""];
const styles = ["bold", "Bold", "1", "1.0", "01", "true", ""];
const texts = fc.constantFrom(...styles);

const product: fc.Arbitrary<CatalogProduct> = fc
  .record({
    sku: fc.constantFrom(...skus),
    brand: fc.option(fc.constantFrom(...brands)),
    categories: fc.uniqueArray(fc.constantFrom(...paths), { maxLength: 3 }),
    price: fc.option(fc.integer({ min: 1, max: 12 })),
    currency: fc.constantFrom("USD", "USD", "USD", "EUR"),
    // Most are shown, some are not.
    inStock: fc.constantFrom(true, true, true, false),
    visibility: fc.constantFrom("both" as const, "search" as const, "none" as const),
    attributes: fc.record(
      {
        style: fc.oneof(texts, fc.constantFrom(1, 1.5, true, false)),
        sizes: fc.oneof(texts, fc.array(texts, { maxLength: 3 })),
        weight: fc.oneof(fc.constantFrom(1, 1.5, 10, 0), fc.constantFrom("1.50", "10.000000000000000000", "abc")),
        eco: fc.constantFrom<string | number | boolean>(true, false, "true", "1", 1, 0, "no"),
        free: fc.oneof(texts, fc.constantFrom(1, 1.5, true), fc.array(texts, { maxLength: 2 })),
      },
      { requiredKeys: [] },
    ),
    related: fc.array(fc.constantFrom(...skus), { maxLength: 3 }),
  })
  .map(({ price, currency, ...rest }) =>
    aProduct(rest.sku, { ...rest, finalPrice: price === null ? null : { minor: price, currency } }),
  );

const anyValue: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(...brands, ...styles, ...paths, 1, 10, 1.5, true, false),
  fc.array(fc.constantFrom<JsonValue>(...brands, ...styles, ...paths, 1, 10, true), { maxLength: 3 }),
);
const fields = ["brand", "style", "sizes", "weight", "eco", "free", "category_ids", "final_price", "sku"];
const reference: fc.Arbitrary<JsonValue> = fc
  .tuple(
    fc.constantFrom(...fields),
    fc.constantFrom({}, {}, {}, { percent: 80 }, { percent: "33.33" }, { relation: "children" }),
  )
  .map(([field, more]) => ({ ref: `matched.${field}`, ...more }));
const money = fc.integer({ min: 1, max: 12 }).map((minor): JsonValue => ({ minor, currency: "USD" }));

const leaf: fc.Arbitrary<JsonValue> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...fields),
      fc.constantFrom(
        "eq",
        "neq",
        "in",
        "not_in",
        "contains",
        "contains_all",
        "starts_with",
        "gte",
        "lt",
        "exists",
        "is_true",
        "is_false",
      ),
      fc.oneof(anyValue, reference, money),
    )
    .map(([field, op, value]) =>
      /^(exists|is_)/.test(op) ? is(`product.${field}`, op) : is(`product.${field}`, op, value),
    ),
  fc.constantFrom<JsonValue>(everyone, { not: everyone }, is("matched.style", "exists"), { all: [] }, { any: [] }),
);
const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    leaf,
    leaf,
    fc.array(tie("tree"), { maxLength: 3 }).map((all): JsonValue => ({ all })),
    fc.array(tie("tree"), { maxLength: 3 }).map((any): JsonValue => ({ any })),
    tie("tree").map((not): JsonValue => ({ not })),
  ),
}));

const rule: fc.Arbitrary<RelatedRuleBody> = fc.record({
  applyTo: fc.constant("related" as const),
  priority: fc.integer({ min: 1, max: 3 }),
  audiences: fc.constant([]),
  match: fc.oneof(fc.constant<JsonValue>(everyone), tree),
  display: tree,
  resultLimit: fc.integer({ min: 1, max: 5 }),
});

type Keyed = { readonly key: string; readonly body: RelatedRuleBody };

/** Section 5 of the specification, word by word, with no index and no bound reference. */
function naiveList(
  shop: Shop,
  rules: readonly Keyed[],
  anchors: readonly string[],
  settings: ListSettings,
): readonly string[] {
  const catalog = shop.catalog.current();
  const isShown = (sku: string): boolean => {
    const found = catalog.get(sku);
    return found !== undefined && found.visibility !== "none" && found.inStock && !anchors.includes(sku);
  };
  const linked =
    settings.show === "rules" ? [] : anchors.flatMap((sku) => catalog.get(sku)?.related ?? []).filter(isShown);
  const manual = [...new Set(linked)].slice(0, settings.maximum);
  const candidates: { sku: string; priority: number }[] = [];
  const inOrder = [...rules].sort((a, b) => a.body.priority - b.body.priority || (a.key < b.key ? -1 : 1));
  for (const { body } of settings.show === "selected" ? [] : inOrder) {
    const limit = body.resultLimit ?? 20;
    const realLimit = limit + settings.maximum;
    const match = shop.rules.compile(body.match, { use: "related_products" });
    const display = shop.rules.compile(body.display, { use: "products_to_display" });
    const facts = (sku: string) => shop.rules.productOf(sku);
    const displayed = [...catalog.products.keys()]
      .sort()
      .filter(
        (sku) =>
          isShown(sku) &&
          !manual.includes(sku) &&
          !candidates.some((candidate) => candidate.sku === sku) &&
          anchors.some(
            (anchor) =>
              match.test({ product: facts(anchor) }, noon) &&
              display.test({ product: facts(sku), matched: facts(anchor) }, noon),
          ),
      );
    const room = Math.max(0, Math.min(limit, realLimit - candidates.length));
    candidates.push(...displayed.slice(0, room).map((sku) => ({ sku, priority: body.priority })));
  }
  const { chosen } = rotate(candidates, settings.rotation, settings.maximum - manual.length, "s");
  return [...manual, ...chosen.map(({ sku }) => sku)];
}

const uniqueProducts = (minLength: number) =>
  fc.uniqueArray(product, { selector: ({ sku }) => sku, minLength, maxLength: skus.length });

describe("a list by the index", () => {
  it("is the list that judging every product by every rule gives, through changes of the catalog", () => {
    let lengths = 0;
    fc.assert(
      fc.property(
        uniqueProducts(10),
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(uniqueProducts(0), fc.array(fc.constantFrom(...skus), { maxLength: 3 })), { maxLength: 3 }),
        fc.record({
          maximum: fc.integer({ min: 1, max: 6 }),
          show: fc.constantFrom(...sources),
          isPairs: fc.boolean(),
        }),
        (products, bodies, changes, { maximum, show, isPairs }) => {
          const shop = startShop({
            categories: paths.map(aCategory),
            attributes: [
              anAttribute("style", "text"),
              anAttribute("sizes", "multiselect"),
              anAttribute("weight", "number"),
              anAttribute("eco", "boolean"),
            ],
            upserted: products,
          });
          const rules = bodies.map((body, at) => ({ key: `rule-${at}`, body }));
          for (const { key, body } of rules) shop.rule(key, body);
          const settings: ListSettings = { ...defaultSettings("related"), maximum, show };
          for (const [upserted, deleted] of [[[], []] as const, ...changes]) {
            shop.products(upserted, deleted);
            const known = [...shop.catalog.current().products.keys()];
            for (const anchors of isPairs
              ? [known.slice(0, 2), known.slice(3, 6)]
              : known.slice(0, 6).map((sku) => [sku])) {
              const shown = shop.shown("related", anchors, { settings });
              expect(shown).toEqual(naiveList(shop, rules, anchors, settings));
              lengths += shown.length;
            }
          }
        },
      ),
      { numRuns: Number(process.env["CLIENTELE_TEST_RUNS"] ?? 400) },
    );
    // The lists that were compared were not all empty.
    expect(lengths).toBeGreaterThan(1_000);
  });
});
