// The three finders by themselves, against the shortest reading of what they promise.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAttributeCatalog } from "../../kernel/rules/attribute-catalog.ts";
import { compileRule, type RuleNode, type RuleSubject } from "../../kernel/rules/index.ts";
import { createGuardIndex, findGuard } from "./find-guard.ts";
import { findOverlaps } from "./find-overlaps.ts";
import { findShadowed } from "./find-shadowed.ts";
import { createReachClasses } from "./reach-classes.ts";

const turn = async (): Promise<void> => undefined;

describe("the guard of a condition", () => {
  const catalog = createAttributeCatalog([
    { path: "product.brand", type: "text", label: "Brand" },
    { path: "product.code", type: "key", label: "Code" },
    { path: "product.tags", type: "list", label: "Tags" },
    { path: "product.weight", type: "number", label: "Weight" },
  ]);
  const typeOf = (path: string) => catalog.find(path)?.type;
  // Spelled in several ways that rules take for equal.
  const texts = fc.constantFrom("acme", "Acme", "ACME ", "straße", "STRASSE", "1", "01", "1.0", "");
  const leaf = (path: string, op: string, value: unknown) => ({ attribute: { path, op, value } }) as RuleNode;
  const ofText = (path: string) =>
    fc.oneof(
      fc.tuple(fc.constantFrom("eq", "neq"), texts).map(([op, value]) => leaf(path, op, value)),
      fc.array(texts, { minLength: 1, maxLength: 3 }).map((values) => leaf(path, "in", values)),
    );
  const leaves = fc.oneof(
    ofText("product.brand"),
    ofText("product.code"),
    ofText("item.sku"),
    texts.map((value) => leaf("product.tags", "contains", value)),
    fc.integer({ min: 0, max: 3 }).map((value) => leaf("product.weight", "gte", value)),
  );
  const { node } = fc.letrec<{ node: RuleNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      leaves,
      fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((all): RuleNode => ({ all })),
      fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((any): RuleNode => ({ any })),
      tie("node").map((not): RuleNode => ({ not })),
    ),
  }));
  const maybe = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: null });
  const subject: fc.Arbitrary<RuleSubject> = fc
    .record({
      sku: texts,
      brand: maybe(texts),
      code: maybe(texts),
      tags: maybe(fc.array(texts, { maxLength: 3 })),
      weight: maybe(fc.integer({ min: 0, max: 3 })),
    })
    .map(({ sku, ...facts }) => ({
      item: { sku },
      product: Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null)),
    })) as fc.Arbitrary<RuleSubject>;

  it("leaves out no condition that holds for a product, and gives each once", () => {
    let [held, left] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 8 }),
        fc.array(subject, { minLength: 1 }),
        (all, subjects) => {
          const index = createGuardIndex<RuleNode>();
          for (const each of all) index.add(each, findGuard(each, typeOf));
          for (const one of subjects) {
            const candidates = index.candidates(one);
            expect(new Set(candidates).size).toBe(candidates.length);
            for (const each of new Set(all)) {
              if (compileRule(each, { catalog, itemKind: "line" }).test(one, 0)) {
                held += 1;
                expect(candidates).toContain(each);
              } else if (!candidates.includes(each)) left += 1;
            }
          }
        },
      ),
      { numRuns: 500 },
    );
    expect([held > 500, left > 500]).toEqual([true, true]);
  });

  it("spares a product of one brand the rules of all others", () => {
    const index = createGuardIndex<string>();
    const brands = Array.from({ length: 1_000 }, (_, at) => `brand ${at}`);
    for (const brand of brands) {
      const either = { any: [leaf("product.brand", "eq", brand), leaf("product.brand", "in", [`${brand}!`])] };
      const both = { all: [leaf("product.weight", "gte", 1), either] };
      index.add(brand, findGuard(both, typeOf));
    }
    for (const brand of brands) expect(index.candidates({ product: { brand } })).toEqual([brand]);
    expect(index.candidates({ product: { brand: "another" } })).toEqual([]);
  });
});

/** Rules in order, each with the products that it may reach and surely reaches; null = all products. */
const products = ["a", "b", "c", "d"] as const;
const placedRules = fc
  .array(
    fc.record({
      may: fc.option(fc.subarray([...products]), { nil: null, freq: 4 }),
      isSure: fc.constantFrom(true, true, false),
      isStopping: fc.boolean(),
      kind: fc.integer({ min: 0, max: 2 }),
    }),
    { maxLength: 7 },
  )
  .map((rules) => rules.map((rule, at) => ({ ...rule, at })));
type Rule = { may: string[] | null; isSure: boolean; isStopping: boolean; kind: number; at: number };

function classesOf(rules: readonly Rule[]) {
  const classes = createReachClasses();
  for (const sku of products) {
    const may = rules.filter((rule) => rule.may?.includes(sku));
    const unsure = may.filter(({ isSure }) => !isSure);
    classes.add(
      sku,
      may.map(({ at }) => at),
      unsure.map(({ at }) => at),
    );
  }
  return classes;
}
const placed = (rules: readonly Rule[]) => rules.map((rule) => ({ rule, tree: rule.may === null ? null : rule.at }));

describe("shadowed rules", () => {
  /** A shopper of one kind meets rules of the same kind, or of kind 0. */
  const mayShadow = (earlier: Rule, later: Rule) => earlier.kind === 0 || earlier.kind === later.kind;

  it("are those of which every product is surely kept by a rule before, and no others", async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(placedRules, async (rules: Rule[]) => {
        const found = await findShadowed({
          ...{ placed: placed(rules), classes: classesOf(rules), turn, mayShadow },
          isStopping: ({ isStopping }) => isStopping,
        });
        const stops = (before: Rule, rule: Rule, sku: string) =>
          before.isStopping &&
          mayShadow(before, rule) &&
          (before.may === null || (before.isSure && before.may.includes(sku)));
        const naively = rules.filter((rule) => {
          const earlier = rules.slice(0, rule.at);
          if (earlier.some((before) => before.may === null && stops(before, rule, ""))) return true;
          // Of a rule for all products no more is asked: it is also for products that will come.
          return (
            rule.may !== null &&
            rule.may.length > 0 &&
            rule.may.every((sku) => earlier.some((before) => stops(before, rule, sku)))
          );
        });
        expect(found.map(({ rule }) => rule.at)).toEqual(naively.map(({ at }) => at));
        // The one that is named keeps all of it.
        for (const { rule, by } of found)
          if (by) for (const sku of rule.may ?? []) expect(stops(by, rule, sku)).toBe(true);
        seen += found.length;
      }),
      { numRuns: 1_000 },
    );
    expect(seen).toBeGreaterThan(200);
  });
});

describe("overlaps", () => {
  const relate = (earlier: Rule, later: Rule) =>
    earlier.kind !== later.kind ? undefined : earlier.isStopping ? ("stopped" as const) : ("overlaps" as const);

  it("are all pairs with common products, each once, with how many", async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(placedRules, async (rules: Rule[]) => {
        const { told, isCut } = await findOverlaps({
          ...{ placed: placed(rules), classes: classesOf(rules), looked: products.length, turn, relate },
        });
        const naively = rules.flatMap((earlier) =>
          rules.slice(earlier.at + 1).flatMap((later) => {
            const code = relate(earlier, later);
            const common = products.filter(
              (sku) => (earlier.may?.includes(sku) ?? true) && (later.may?.includes(sku) ?? true),
            );
            return code === undefined || common.length === 0 ? [] : [[earlier.at, later.at, code, common.length]];
          }),
        );
        expect(isCut).toBe(false);
        const plain = told.map(({ earlier, later, code, products: count }) => [earlier.at, later.at, code, count]);
        expect(plain.sort()).toEqual(naively.sort());
        const counts = told.map(({ products: count }) => count);
        expect(counts).toEqual([...counts].sort((a, b) => b - a));
        for (const { earlier, later, examples } of told)
          for (const sku of examples) {
            expect(earlier.may ?? products).toContain(sku);
            expect(later.may ?? products).toContain(sku);
          }
        seen += told.length;
      }),
      { numRuns: 1_000 },
    );
    expect(seen).toBeGreaterThan(500);
  });
});
