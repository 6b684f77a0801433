import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { openTestEngines } from "../testing/engines.ts";
import { type Catalog, importCatalog, loadCatalog } from "./index.ts";

const luma = fileURLToPath(new URL("../../demo/data/luma", import.meta.url));
const usd = (minor: number) => ({ minor, currency: "USD" });

let engines: Awaited<ReturnType<typeof openTestEngines>>;
let folder = "";
const open: Catalog[] = [];
const clock = createFixedClock(Date.UTC(2026, 0, 1));

async function load(): Promise<Catalog> {
  const catalog = await loadCatalog({
    postgres: engines.postgres,
    clock,
    logger: createLogger("silent"),
    currency: "USD",
    pollMs: 0,
  });
  open.push(catalog);
  return catalog;
}

beforeAll(async () => {
  engines = await openTestEngines(["catalog"]);
  folder = await mkdtemp(join(tmpdir(), "clientele-catalog-"));
}, 120_000);
beforeEach(async () => {
  await engines.postgres.query("truncate products, categories, attribute_metas, catalog_lists");
});
afterAll(async () => {
  for (const catalog of open) await catalog.close();
  await engines?.close();
  await rm(folder, { recursive: true, force: true });
});

describe("the stored catalog", () => {
  it("stores good rows, reports faulty ones, and shows them at once", async () => {
    const catalog = await load();
    const changes: string[] = [];
    catalog.onChange((change) => changes.push(...change.upserted));
    const report = await catalog.upsertProducts([
      { sku: "hat", name: "Hat", price: "12.50", categories: ["Gear/Hats"], qty: 3, colour: "red" },
      { sku: "bad", name: "Bad", price: "twelve" },
      { name: "No SKU" },
      {
        sku: "tee",
        name: "Tee",
        variants: [
          { sku: "tee-s", price: 9, qty: 1, options: { size: "S" } },
          { sku: "tee-m", price: 8, qty: 0 },
        ],
      },
    ]);
    expect(report).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, sku: "bad", code: "money" },
        { index: 2, sku: null, code: "required" },
      ],
    });
    const now = catalog.current();
    expect(now.get("hat")).toMatchObject({
      finalPrice: usd(1250),
      categories: ["gear/hats"],
      attributes: { colour: "red" },
    });
    expect(now.get("tee")).toMatchObject({
      type: "configurable",
      finalPrice: usd(900),
      inStock: true,
      variants: ["tee-s", "tee-m"],
    });
    expect(now.categories.get("gear/hats")).toMatchObject({ name: "Hats", parentPath: "gear", inMenu: false });
    expect(now.listed().map((product) => product.sku)).toEqual(["hat", "tee"]);
    expect(new Set(changes)).toEqual(new Set(["hat", "tee", "tee-s", "tee-m"]));
  });

  it("is the same after a restart", async () => {
    const before = await load();
    await before.upsertProducts([
      { sku: "a", name: "A", price: 1, categories: ["x/y"] },
      { sku: "b", name: "B", variants: [{ sku: "b-1", price: 2 }] },
    ]);
    const after = await load();
    expect([...after.current().products]).toEqual([...before.current().products]);
    expect([...after.current().categories]).toEqual([...before.current().categories]);
    expect(after.current().version).toBe(before.current().version);
  });

  it("tells the other processes of changes and deletions", async () => {
    const [writer, reader] = [await load(), await load()];
    await writer.upsertProducts([
      { sku: "a", name: "A" },
      { sku: "p", name: "P", variants: [{ sku: "p-1", price: 3 }] },
    ]);
    await expect.poll(() => reader.current().products.size).toBe(3);
    await writer.deleteProduct("p");
    await expect.poll(() => [...reader.current().products.keys()]).toEqual(["a"]);
    expect(await writer.deleteProduct("p")).toBe(false);
  });

  it("drops variants that a product no longer lists, and keeps those of rows with a parent", async () => {
    const catalog = await load();
    await catalog.upsertProducts([
      {
        sku: "p",
        name: "P",
        variants: [
          { sku: "p-1", price: 1 },
          { sku: "p-2", price: 2 },
        ],
      },
    ]);
    await catalog.upsertProducts([{ sku: "p", name: "P", variants: [{ sku: "p-2", price: 2 }] }]);
    expect(catalog.current().get("p")).toMatchObject({ variants: ["p-2"], finalPrice: usd(200) });
    await catalog.upsertProducts([
      { sku: "q", name: "Q", type: "configurable" },
      { sku: "q-1", name: "Q small", parent_sku: "q", type: "simple", price: 5 },
    ]);
    await catalog.upsertProducts([{ sku: "q", name: "Q again", type: "configurable" }]);
    expect(catalog.current().get("q")).toMatchObject({ name: "Q again", variants: ["q-1"], finalPrice: usd(500) });
    expect(catalog.current().get("q-1")).toMatchObject({ type: "variant", visibility: "none" });
  });

  it("changes nothing when the same rows come again", async () => {
    const catalog = await load();
    const rows = [
      { sku: "a", name: "A", price: 1, tags: ["x"] },
      { sku: "p", name: "P", variants: [{ sku: "p-1", price: 3 }] },
    ];
    await catalog.upsertProducts(rows);
    const before = catalog.current();
    clock.advance(60_000);
    await catalog.upsertProducts(rows);
    expect(catalog.current()).toBe(before);
    await catalog.upsertProducts([{ sku: "a", name: "A", price: 2, tags: ["x"] }]);
    expect(catalog.current().get("a")).toMatchObject({
      price: usd(200),
      createdAt: before.get("a")?.createdAt,
      updatedAt: clock.now(),
    });
  });

  it("keeps ratings and reviews when products are written without them", async () => {
    const catalog = await load();
    await catalog.upsertProducts([{ sku: "a", name: "A" }]);
    const review = { rating: 4, title: "Fine", text: "Good", reviewer: "Ann" };
    expect(
      await catalog.setReviews([
        { sku: "a", average: 4, count: 1, reviews: [review] },
        { sku: "gone", average: 1, count: 1, reviews: [] },
      ]),
    ).toEqual(["gone"]);
    await catalog.upsertProducts([{ sku: "a", name: "A, renamed" }]);
    expect(await catalog.find("a")).toMatchObject({
      name: "A, renamed",
      rating: { average: 4, count: 1 },
      reviews: [review],
    });
    expect(catalog.current().get("a")).not.toHaveProperty("reviews");
  });

  it("lists products by SKU in pages, found by text, category and type", async () => {
    const catalog = await load();
    await catalog.upsertProducts([
      ...Array.from({ length: 5 }, (_, at) => ({ sku: `s${at}`, name: `Sock ${at}`, categories: ["wear/socks"] })),
      { sku: "z%", name: "100% wool", categories: ["wear"], variants: [{ sku: "z-1", price: 1 }] },
    ]);
    const first = await catalog.list({ variants: false, limit: 2, category: "wear" });
    expect(first.items.map((product) => product.sku)).toEqual(["s0", "s1"]);
    expect(first.nextCursor).toBeTypeOf("string");
    const rest = await catalog.list({ variants: false, limit: 10, afterSku: "s1" });
    expect(rest.items.map((product) => product.sku)).toEqual(["s2", "s3", "s4", "z%"]);
    expect(
      (await catalog.list({ variants: false, limit: 10, search: "0%" })).items.map((product) => product.sku),
    ).toEqual(["z%"]);
    expect(
      (await catalog.list({ variants: true, limit: 10, type: "variant" })).items.map((product) => product.sku),
    ).toEqual(["z-1"]);
    expect((await catalog.list({ variants: false, limit: 10, category: "wear/socks" })).items).toHaveLength(5);
  });

  it("refuses more than 1,000 rows in one call", async () => {
    const catalog = await load();
    await expect(catalog.upsertProducts(Array.from({ length: 1_001 }, () => ({})))).rejects.toMatchObject({
      code: "catalog.tooManyProducts",
    });
  });
});

describe("importing", () => {
  it("reads the Luma sample whole: products, variants, categories, attributes, reviews, pictures", async () => {
    const catalog = await load();
    const files: string[] = [];
    const report = await importCatalog(
      {
        files: [luma],
        imageUrl: "/media/{file}.webp",
        productUrl: "/p/{sku}",
        categoriesByFlag: { new: "what-is-new", sale: "sale" },
        onProgress: (progress) => files.push(progress.file),
      },
      { catalog },
    );
    expect(report).toMatchObject({ products: 199, reviews: 348, rejectedCount: 0 });
    const now = catalog.current();
    expect([...now.products.values()].filter((product) => product.type === "variant")).toHaveLength(1_847);
    expect(now.get("MH01")).toMatchObject({
      type: "configurable",
      categories: expect.arrayContaining([
        "men/tops-men/hoodies-and-sweatshirts-men",
        "collections/eco-friendly",
        "sale",
      ]),
      finalPrice: usd(5200),
      url: "/p/MH01",
      images: ["/media/mh01-gray_main.webp"],
      attributes: { eco_collection: true },
    });
    expect(now.get("24-WB05")).toMatchObject({ price: usd(3200), finalPrice: usd(2400) });
    expect(now.get("24-MB01")?.rating).toMatchObject({ count: expect.any(Number) });
    expect(now.get("24-WG080")).toMatchObject({ type: "bundle", finalPrice: usd(2300 + 500 + 1400 + 1900) });
    expect(now.get("24-WG085")?.visibility).toBe("none");
    expect(now.inCategory("gear/bags").length).toBe(14);
    expect(now.inCategory("what-is-new").length).toBeGreaterThan(10);
    expect(now.attributes.get("size")?.options.length).toBeGreaterThan(6);
    expect([...now.products.values()].filter((product) => product.images.length === 0)).toEqual([]);
    expect(files).not.toEqual([]);
    const version = now.version;
    await importCatalog(
      {
        files: [join(luma, "products.jsonl.gz")],
        imageUrl: "/media/{file}.webp",
        productUrl: "/p/{sku}",
        categoriesByFlag: { new: "what-is-new", sale: "sale" },
      },
      { catalog },
    );
    expect(catalog.current().version).toBe(version);
  });

  it("reports bad rows with line and reason, writes them to a file, and imports the others", async () => {
    const catalog = await load();
    const file = join(folder, "products.csv");
    await writeFile(
      file,
      [
        "sku,name,price,special_price,categories,attributes.fit,options.size,parent_sku",
        "a,Hat,19.99,,Gear/Hats|Sale,slim,,",
        "b,,1,,,,,",
        "c,Cap,free,,,,,",
        "d,Too,few",
        "a-1,Hat S,15,12.5,,,S,a",
      ].join("\n"),
    );
    const report = await importCatalog(
      { files: [file], currency: "EUR", badRowsFile: join(folder, "bad.jsonl") },
      { catalog },
    );
    expect(report.products).toBe(2);
    expect(report.rejected.map(({ line, sku, code }) => [line, sku, code])).toEqual(
      expect.arrayContaining([
        [3, "b", "required"],
        [4, "c", "money"],
        [5, null, "csv"],
      ]),
    );
    expect(catalog.current().get("a")).toMatchObject({
      price: { minor: 1999, currency: "EUR" },
      categories: ["gear/hats", "sale"],
      attributes: { fit: "slim" },
      variants: ["a-1"],
    });
    expect(catalog.current().get("a-1")).toMatchObject({
      finalPrice: { minor: 1250, currency: "EUR" },
      options: { size: "S" },
    });
    const bad = (await readFile(join(folder, "bad.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(bad).toHaveLength(3);
    expect(bad.find((row) => row.line === 4)).toMatchObject({
      message: expect.stringContaining("price"),
      row: { sku: "c", price: "free" },
    });
  });

  it("keeps what was read before a file breaks off", async () => {
    const catalog = await load();
    const whole = await readFile(join(luma, "products.jsonl.gz"));
    const file = join(folder, "cut.jsonl.gz");
    await writeFile(file, whole.subarray(0, whole.length - 2_000));
    await expect(importCatalog({ files: [file] }, { catalog })).rejects.toMatchObject({ code: "catalog.importFormat" });
    await expect(importCatalog({ files: [join(folder, "nowhere")] }, { catalog })).rejects.toMatchObject({
      code: "catalog.importFormat",
    });
  });
});
