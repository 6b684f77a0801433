// The shop of the recorded discovery requests: thirty products by their SKUs, and units by their ids.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inFixtures } from "../folders.ts";
import type { TestApp } from "../start-test-app.ts";

export type RecordedCall = {
  readonly file: string;
  readonly request: {
    readonly method: "GET" | "POST";
    readonly headers: Record<string, string>;
    readonly query?: string;
    readonly variables?: Record<string, unknown> | null;
    readonly path?: string;
    readonly body?: Record<string, unknown>;
  };
  readonly response: { readonly status: number; readonly body: Record<string, unknown> };
};

const folder = inFixtures("discovery");

/** Recorded requests of the drop-ins and of the REST client; empty where the folder is absent. */
export const recordedCalls: readonly RecordedCall[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => /^\d.*\.json$/.test(name))
      .map((file) => ({ ...JSON.parse(readFileSync(join(folder, file), "utf8")), file }))
  : [];

const brands = ["Aero", "Boreal", "Cosmo", "Delta", "Ember", "Falcon"];
const colors = ["Black", "Blue", "Green", "Red"];
const kinds = [
  { name: "Backpack", categories: ["gear/bags"], price: 49 },
  { name: "Yoga Pants", categories: ["women/bottoms/pants"], price: 39 },
  { name: "Running Shorts", categories: ["women/bottoms/shorts"], price: 25 },
  { name: "Water Bottle", categories: ["gear/fitness"], price: 12 },
  { name: "Trail Jacket", categories: ["women/tops/jackets"], price: 80 },
];

function product(at: number) {
  const kind = kinds[Math.floor(at / brands.length)] ?? { name: "Thing", categories: [], price: 1 };
  const brand = brands[at % brands.length] ?? "Aero";
  const sku = `RIG-${String(at).padStart(3, "0")}`;
  const name = `${brand} ${kind.name}`;
  const url = `https://www.shop.test/${name.toLowerCase().replaceAll(" ", "-")}.html`;
  const price = kind.price + 11 * (at % brands.length);
  const isDressed = kind.categories[0]?.startsWith("women") ?? false;
  const color = colors[at % colors.length];
  return {
    ...{ sku, name, brand, url, price, categories: kind.categories, images: [`https://www.shop.test/img/${at}.png`] },
    attributes: { color, eco_collection: at % 2 === 0, activity_level: (at % 3) + 1 },
    ...(at === 0 ? { specialPrice: 42.5, description: "<p>Light.<script>alert(1)</script></p>" } : {}),
    ...(isDressed
      ? {
          variants: ["S", "M"].map((size, step) => ({
            sku: `${sku}-${size}`,
            price: price + 20 * step,
            qty: 10,
            options: { size },
          })),
        }
      : { qty: 20 }),
  };
}

const attributes = [
  { code: "color", label: "Color", input: "select" },
  { code: "brand", label: "Brand", input: "select" },
  { code: "size", label: "Size", input: "select" },
  { code: "eco_collection", label: "Eco Collection", input: "boolean" },
  { code: "activity_level", label: "Activity level", input: "number", sortable: true },
].map((meta) => ({ ...meta, filterable: true, filterableInSearch: true }));

const categories = [
  ...["gear", "gear/bags", "gear/fitness", "women", "women/bottoms", "women/bottoms/pants"],
  ...["women/bottoms/shorts", "women/tops", "women/tops/jackets"],
].map((path) => ({ path, name: path.slice(path.lastIndexOf("/") + 1).replace(/^./, (first) => first.toUpperCase()) }));

const units = [
  { key: "unit-most-viewed", strategy: "most-viewed", label: "Most viewed", pageType: "CMS" },
  { key: "unit-mlt", strategy: "more-like-this", label: "More like this", pageType: "Product" },
  { key: "unit-recent", strategy: "recently-viewed", label: "Recently viewed", pageType: "CMS", position: 2 },
  { key: "unit-for-you", strategy: "recommended-for-you", label: "For you", pageType: "CMS", position: 1 },
];

async function expectOk(answer: Promise<{ status: number; body: Record<string, unknown> }>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300 || (Array.isArray(body["rejected"]) && body["rejected"].length > 0))
    throw new Error(`the shop was not filled: ${status} ${JSON.stringify(body).slice(0, 2_000)}`);
}

/** Fills a test app with the shop; resolves when everything can be found. */
export async function fillDiscoveryShop(app: TestApp): Promise<void> {
  await expectOk(app.call("PUT", "/v1/catalog/attributes", attributes));
  await expectOk(app.call("PUT", "/v1/catalog/categories", categories));
  const all = Array.from({ length: brands.length * kinds.length }, (_, at) => product(at));
  await expectOk(app.call("PUT", "/v1/catalog/products", all));
  for (const { key, ...unit } of units)
    await app.publish("unit", key, { placement: `test.${key}`, priority: 1, audiences: [], ...unit });
  await app.search.settled();
}
