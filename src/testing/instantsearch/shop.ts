// A small shop for the clients of InstantSearch: jackets, tees and bags of a few brands.
import type { AddressInfo } from "node:net";
import { startTestApp, type TestApp } from "../start-test-app.ts";

const colors = ["Blue", "Red", "Green"];

/** 48 products: 24 jackets, 16 tees, 8 bags; product n costs 10.50 + 5 n. */
export const shopProducts: readonly Record<string, unknown>[] = Array.from({ length: 48 }, (_, at) => {
  const kind = at % 6 < 3 ? "Jacket" : at % 6 < 5 ? "Tee" : "Bag";
  const isWomen = at % 2 === 0;
  const root = isWomen ? "women" : "men";
  const brand = ["Luma", "Orbit & Co", "Typhon"][at % 3];
  const categories = kind === "Bag" ? ["gear/bags"] : [`${root}/tops/${kind === "Jacket" ? "jackets" : "tees"}`];
  return {
    sku: `SKU-${String(at).padStart(2, "0")}`,
    name: `${["Proteus", "Beaumont", "Olivia"][at % 3]} ${kind} ${at}`,
    description: `<p>A <b>warm</b> thing for cold days, number ${at}. It keeps the rain out &amp; the heat in.</p>`,
    brand,
    price: (10.5 + 5 * at).toFixed(2),
    categories,
    url: `/products/sku-${at}`,
    images: [`/img/${at}.jpg`],
    qty: at % 5 === 0 ? 0 : 10,
    inStock: at % 5 !== 0,
    color: colors[at % 3],
    rating: { average: 1 + (at % 9) / 2, count: 10 },
    weight: 100 + at,
    createdAt: new Date(Date.UTC(2026, 0, 1 + at)).toISOString(),
  };
});

const categories = [
  { path: "women", name: "Women", position: 1 },
  { path: "women/tops", name: "Tops", position: 1 },
  { path: "women/tops/jackets", name: "Jackets", position: 1 },
  { path: "women/tops/tees", name: "Tees", position: 2 },
  { path: "men", name: "Men", position: 2 },
  { path: "men/tops", name: "Tops", position: 1 },
  { path: "men/tops/jackets", name: "Jackets", position: 1 },
  { path: "men/tops/tees", name: "Tees", position: 2 },
  { path: "gear", name: "Gear", position: 3 },
  { path: "gear/bags", name: "Bags", position: 1 },
];

export type InstantShop = { readonly app: TestApp; readonly host: string; readonly port: number };

/** The whole program with the shop in its catalog, listening. */
export async function startInstantShop(): Promise<InstantShop> {
  const app = await startTestApp();
  const put = async (path: string, body: unknown) => {
    const { status, body: answer } = await app.call("PUT", path, body);
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  };
  await put("/v1/catalog/categories", categories);
  await put("/v1/catalog/attributes", [attribute("color", "select"), attribute("weight", "number")]);
  await put("/v1/catalog/products", shopProducts);
  await app.search.settled();
  await app.server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.server.address() as AddressInfo;
  return { app, host: "127.0.0.1", port };
}

const attribute = (code: string, input: string) => ({
  code,
  label: code,
  input,
  options: [],
  searchable: input === "select",
  filterable: true,
  filterableInSearch: true,
  sortable: true,
});
