// When a product went out of stock and came back, as every reader of the catalog sees it.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { type Catalog, loadCatalog } from "./load-catalog.ts";

const start = Date.parse("2026-03-02T10:00:00Z");
const hourMs = 3_600_000;
const clock = createFixedClock(start);

let engines: TestEngines;
let catalog: Catalog;
const load = () =>
  loadCatalog({ postgres: engines.postgres, clock, logger: createLogger("silent"), currency: "USD", pollMs: 0 });
beforeAll(async () => {
  engines = await openTestEngines(["catalog"]);
  catalog = await load();
}, 60_000);
afterAll(async () => {
  await catalog?.close();
  await engines?.close();
});

const write = async (sku: string, inStock: boolean, more: object = {}) => {
  const { rejected } = await catalog.upsertProducts([
    { sku, name: sku, price: { minor: 100, currency: "USD" }, inStock, ...more },
  ]);
  expect(rejected).toEqual([]);
};
const timesOf = (sku: string, from = catalog) => {
  const product = from.current().get(sku);
  return [product?.outOfStockAt, product?.backInStockAt];
};

it("tells since when a product is out of stock, and since when it is back, whatever else is written", async () => {
  await write("mug", true);
  expect(timesOf("mug")).toEqual([undefined, undefined]);
  clock.set(start + hourMs);
  await write("mug", false);
  clock.set(start + 2 * hourMs);
  await write("mug", false, { name: "Mug" });
  expect(timesOf("mug")).toEqual([start + hourMs, undefined]);
  clock.set(start + 5 * hourMs);
  await write("mug", true);
  clock.set(start + 6 * hourMs);
  await write("mug", true, { name: "Mug of clay" });
  await catalog.setReviews([{ sku: "mug", average: 4, count: 1, reviews: [] }]);
  expect(timesOf("mug")).toEqual([start + hourMs, start + 5 * hourMs]);
  const other = await load();
  expect(timesOf("mug", other), "as after a restart").toEqual([start + hourMs, start + 5 * hourMs]);
  await other.close();
  await write("mug", false);
  expect(timesOf("mug")).toEqual([start + 6 * hourMs, undefined]);
});

it("a return of less than an hour does not end the time without stock", async () => {
  clock.set(start);
  await write("pan", false);
  clock.set(start + 5 * hourMs);
  await write("pan", true);
  clock.advance(hourMs / 2);
  await write("pan", false);
  expect(timesOf("pan")).toEqual([start, undefined]);
  clock.advance(hourMs);
  await write("pan", true);
  expect(timesOf("pan")).toEqual([start, start + 6.5 * hourMs]);
});

it("a parent is out of stock while all its variants are", async () => {
  clock.set(start);
  await write("shirt", true, { type: "configurable" });
  const variant = (size: string, inStock: boolean) =>
    write(`shirt-${size}`, inStock, { parentSku: "shirt", type: "variant" });
  await variant("s", true);
  await variant("m", true);
  clock.set(start + hourMs);
  await variant("s", false);
  expect(timesOf("shirt")).toEqual([undefined, undefined]);
  clock.set(start + 2 * hourMs);
  await variant("m", false);
  expect(timesOf("shirt")).toEqual([start + 2 * hourMs, undefined]);
  clock.set(start + 4 * hourMs);
  await variant("s", true);
  expect(catalog.current().get("shirt")?.inStock).toBe(true);
  expect(timesOf("shirt")).toEqual([start + 2 * hourMs, start + 4 * hourMs]);
  clock.set(start + 6 * hourMs);
  await variant("m", true);
  expect(timesOf("shirt")).toEqual([start + 2 * hourMs, start + 4 * hourMs]);
});
