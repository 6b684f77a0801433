import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CatalogProduct } from "../../catalog/index.ts";
import { createFixedClock, createLogger } from "../../kernel/index.ts";
import { createSearch } from "../create-search.ts";
import { anAttribute, aProduct, createTestCatalog, dollars } from "../search-fixture.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "search-index-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type TestCatalog = ReturnType<typeof createTestCatalog>;

/** Starts a search over a catalog in the folder, and says whether it read the file. */
async function start(catalog: TestCatalog) {
  let isRead = false;
  const logger = createLogger("silent");
  const listening = Object.assign(Object.create(logger), {
    info: (_fields: object, message: string) => {
      isRead ||= message === "search index read";
    },
  });
  const search = createSearch({ catalog, clock: createFixedClock(0), logger: listening, folder });
  await search.settled();
  return { search, isRead: () => isRead };
}

const file = () => join(folder, readdirSync(folder).find((name) => name.endsWith(".index")) ?? "none");

const words = ["red", "bag", "blue", "tent", "mini"];
const product = fc.record({
  at: fc.integer({ min: 0, max: 25 }),
  name: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" ")),
  color: fc.constantFrom("red", "blue"),
  price: fc.integer({ min: 1, max: 9 }),
});
type Row = { at: number; name: string; color: string; price: number };
const toProducts = (rows: readonly Row[], updatedAt: number): CatalogProduct[] =>
  rows.map(({ at, name, color, price }) =>
    aProduct({ sku: `s${at}`, name, finalPrice: dollars(price), attributes: { color }, updatedAt }),
  );

const day = 86_400_000;

describe("the file of an index", () => {
  it("gives the next start the same answers, with what changed in between", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(product, { minLength: 1, maxLength: 30 }),
        fc.array(product, { maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 6 }),
        async (before, after, gone) => {
          // The file of the run before belongs to another catalog.
          rmSync(folder, { recursive: true, force: true });
          const catalog = createTestCatalog();
          catalog.apply({ upserted: toProducts(before, day) });
          const first = await start(catalog);
          await first.search.save();
          first.search.close();
          if (after.length + gone.length > 0)
            catalog.apply({ upserted: toProducts(after, 2 * day), deleted: gone.map((at) => `s${at}`) });
          const second = await start(catalog);
          expect(second.isRead()).toBe(true);
          second.search.close();
          rmSync(folder, { recursive: true, force: true });
          const built = await start(catalog);
          expect(built.isRead()).toBe(false);
          await built.search.save();
          built.search.close();
          for (const q of ["", ...words, "red bag", "bga", "s7"]) {
            const request = { q, limit: 200, facets: ["color", "price"], explain: true };
            expect(second.search.search(request)).toEqual(built.search.search(request));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("notices a variant that left its product meanwhile", async () => {
    const catalog = createTestCatalog();
    const parent = aProduct({ sku: "P", type: "configurable", updatedAt: day });
    const variant = aProduct({ sku: "V", type: "variant", parentSku: "P", visibility: "none", options: { c: "Teal" } });
    catalog.apply({ upserted: [parent, variant] });
    const { search } = await start(catalog);
    await search.save();
    search.close();
    catalog.apply({ deleted: ["V"], upserted: [aProduct({ sku: "X", updatedAt: 9 * day })] });
    const next = await start(catalog);
    expect(next.isRead()).toBe(true);
    expect(next.search.search({ q: "teal" }).total).toBe(0);
    next.search.close();
  });

  it.each([
    ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
    [
      "with a bit changed",
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -9), Buffer.from([1]), bytes.subarray(-8)]),
    ],
    ["empty", () => Buffer.alloc(0)],
    ["of something else", () => Buffer.from('{"json": 5, "arrays": []}\nhello')],
    [
      "of an older format",
      (bytes: Buffer) => Buffer.from(bytes.toString("latin1").replace('"format":1', '"format":0'), "latin1"),
    ],
  ])("%s is not used, and written anew", async (_what, spoil) => {
    const catalog = createTestCatalog();
    catalog.apply({ upserted: [aProduct({ sku: "A", name: "Bag" })] });
    const { search } = await start(catalog);
    await search.save();
    search.close();
    const path = file();
    writeFileSync(path, spoil(readFileSync(path)));
    const next = await start(catalog);
    expect(next.isRead()).toBe(false);
    expect(next.search.search({ q: "bag" }).total).toBe(1);
    await next.search.save();
    next.search.close();
    const last = await start(catalog);
    expect(last.isRead()).toBe(true);
    last.search.close();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("is of no use to a catalog that was set back", async () => {
    const catalog = createTestCatalog();
    catalog.apply({ upserted: [aProduct({ sku: "A", name: "Bag" })] });
    catalog.apply({ upserted: [aProduct({ sku: "A", name: "Tent", updatedAt: day })] });
    const { search } = await start(catalog);
    await search.save();
    search.close();
    const restored = createTestCatalog();
    restored.apply({ upserted: [aProduct({ sku: "A", name: "Bag" })] });
    const next = await start(restored);
    expect(next.isRead()).toBe(false);
    expect(next.search.search({ q: "bag" }).total).toBe(1);
    next.search.close();
  });

  it("is of no use when attributes or category names are others", async () => {
    const catalog = createTestCatalog();
    catalog.apply({ upserted: [aProduct({ sku: "A", name: "Bag", attributes: { tone: "matt" } })] });
    const { search } = await start(catalog);
    await search.save();
    search.close();
    catalog.apply({ attributes: [anAttribute({ code: "tone", searchable: false })] });
    const next = await start(catalog);
    expect(next.isRead()).toBe(false);
    expect(next.search.search({ q: "matt" }).total).toBe(0);
    next.search.close();
  });
});
