import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpServer, type HttpServer, noAuth } from "../http/index.ts";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { type Catalog, createCatalogRoutes, loadCatalog } from "./index.ts";

let engines: TestEngines;
let catalog: Catalog;
let app: HttpServer;

beforeAll(async () => {
  engines = await openTestEngines(["catalog"]);
  const [clock, logger] = [createFixedClock(1_000), createLogger("silent")];
  catalog = await loadCatalog({ postgres: engines.postgres, clock, logger, currency: "USD", pollMs: 0 });
  app = createHttpServer({
    config: { publicUrl: "http://localhost", openDiscovery: false },
    logger,
    clock,
    authenticate: (request) =>
      request.headers.authorization === undefined
        ? noAuth
        : { kind: "token", id: "t", sourceId: "s", scopes: scopesOf(request), actor: "test", storeViews: null },
  });
  await app.register(createCatalogRoutes({ catalog }));
}, 120_000);
afterAll(async () => {
  await app?.close();
  await catalog?.close();
  await engines?.close();
});

function scopesOf({ headers }: { readonly headers: { readonly authorization?: string | undefined } }) {
  return headers.authorization === "Bearer approver"
    ? (["read", "edit", "publish"] as const)
    : (["read", "edit"] as const);
}

const call = (method: "GET" | "PUT" | "PATCH" | "DELETE", url: string, payload?: object) =>
  app.inject({ method, url, headers: { authorization: "Bearer approver" }, ...(payload ? { payload } : {}) });

describe("the catalog API", () => {
  it("needs a token", async () => {
    expect((await app.inject({ method: "GET", url: "/v1/catalog/products" })).statusCode).toBe(401);
    expect((await app.inject({ method: "PUT", url: "/v1/catalog/products", payload: [] })).statusCode).toBe(401);
  });

  it("writes, reads, lists and deletes products", async () => {
    const written = await call("PUT", "/v1/catalog/products", [
      { sku: "a/1", name: "Hat", price: "9.99", categories: ["Gear/Hats"], specs: { weight: [1, 2] } },
      { sku: "b", name: "Tee", variants: [{ sku: "b-1", price: 5, qty: 2 }] },
      { sku: "c", price: 1 },
    ]);
    expect(written.json()).toMatchObject({
      accepted: 2,
      rejected: [{ index: 2, sku: "c", code: "required", message: "name is missing", details: [{ path: "/name" }] }],
    });
    const one = (await call("GET", `/v1/catalog/products/${encodeURIComponent("a/1")}`)).json();
    expect(one).toMatchObject({
      sku: "a/1",
      finalPrice: { minor: 999, currency: "USD" },
      reviews: [],
      extra: { specs: { weight: [1, 2] } },
      brand: null,
    });
    const page = (await call("GET", "/v1/catalog/products?limit=1")).json();
    expect(page.items).toHaveLength(1);
    const next = (await call("GET", `/v1/catalog/products?limit=1&cursor=${page.nextCursor}`)).json();
    expect(next).toMatchObject({ items: [{ sku: "b", finalPrice: { minor: 500 }, variants: ["b-1"] }] });
    expect(next).not.toHaveProperty("nextCursor");
    expect((await call("GET", "/v1/catalog/products?cursor=nonsense")).statusCode).toBe(400);
    expect((await call("DELETE", "/v1/catalog/products/b")).json()).toEqual({ deleted: true });
    expect((await call("GET", "/v1/catalog/products/b-1")).statusCode).toBe(404);
    expect((await call("DELETE", "/v1/catalog/products/b")).json()).toMatchObject({
      error: { code: "catalog.productNotFound" },
    });
  });

  it("refuses more than 1,000 rows and a body that is no list", async () => {
    const many = Array.from({ length: 1_001 }, (_, at) => ({ sku: `s${at}`, name: "x" }));
    expect((await call("PUT", "/v1/catalog/products", many)).json()).toMatchObject({
      error: { code: "catalog.tooManyProducts" },
    });
    expect((await call("PUT", "/v1/catalog/products", { sku: "a" })).statusCode).toBe(400);
  });

  it("replaces categories when the tree is whole, and says what is wrong with it", async () => {
    const faulty = await call("PUT", "/v1/catalog/categories", [
      { path: "a/b", name: "B" },
      { path: "c", name: "C" },
      { path: "c", name: "C again" },
    ]);
    expect(faulty.json()).toMatchObject({
      error: {
        code: "catalog.invalidCategories",
        details: [
          { path: "/0/path", code: "parent" },
          { path: "/2/path", code: "duplicate" },
        ],
      },
    });
    const good = await call("PUT", "/v1/catalog/categories", [
      { path: "gear", name: "Gear" },
      { path: "gear/hats", name: "Hats", inMenu: false },
    ]);
    expect(good.json().items).toMatchObject([
      { path: "gear", inMenu: true, productCount: 1 },
      { path: "gear/hats", parentPath: "gear", urlKey: "hats", inMenu: false },
    ]);
    expect((await call("GET", "/v1/catalog/categories")).json()).toEqual(good.json());
  });

  it("replaces attributes", async () => {
    const put = await call("PUT", "/v1/catalog/attributes", [
      { code: "fit", label: "Fit", input: "select", options: ["slim"], filterable: true },
    ]);
    expect(put.json().items).toEqual([
      {
        code: "fit",
        label: "Fit",
        input: "select",
        options: ["slim"],
        searchable: false,
        searchWeight: 1,
        filterable: true,
        filterableInSearch: false,
        sortable: false,
        usedForPromoRules: true,
      },
    ]);
    expect(
      (await call("PUT", "/v1/catalog/attributes", [{ code: "fit", label: "Fit", input: "wheel" }])).statusCode,
    ).toBe(400);
    expect((await call("GET", "/v1/catalog/attributes")).json()).toEqual(put.json());
  });

  describe("of attributes", () => {
    const attributes = ["Zone", "ab_code", "color", "fit", "size"].map((code, at) => ({
      ...{ code, label: `Label ${at}`, input: "select", options: [], filterable: at % 2 === 0 },
    }));
    const codes = async (query: string) =>
      (await call("GET", `/v1/catalog/attributes?${query}`))
        .json()
        .items.map(({ code }: { readonly code: string }) => code);

    it("lists them by code, a page at a time, by part of the name and by flag", async () => {
      await call("PUT", "/v1/catalog/attributes", attributes);
      expect(await codes("")).toHaveLength(5);
      const seen: string[] = [];
      for (let cursor = ""; seen.length < 10; ) {
        const { items, nextCursor } = (await call("GET", `/v1/catalog/attributes?limit=2${cursor}`)).json();
        seen.push(...items.map(({ code }: { readonly code: string }) => code));
        if (!nextCursor) break;
        cursor = `&cursor=${nextCursor}`;
      }
      expect(seen).toEqual(["Zone", "ab_code", "color", "fit", "size"]);
      expect(await codes("q=CO")).toEqual(["ab_code", "color"]);
      expect(await codes("q=label%203")).toEqual(["fit"]);
      expect(await codes("flag=filterable&limit=10")).toEqual(["Zone", "color", "size"]);
      for (const query of ["limit=0", "limit=201", "flag=label", "cursor=x"])
        expect((await call("GET", `/v1/catalog/attributes?${query}`)).statusCode, query).toBe(400);
    });

    it("sets flags of one, which stay when the shop sends its list again, until they are given back", async () => {
      await call("PUT", "/v1/catalog/attributes", attributes);
      const set = await call("PATCH", "/v1/catalog/attributes/color", { sortable: true, filterable: false });
      expect(set.json()).toMatchObject({
        ...{ code: "color", sortable: true, filterable: false, searchable: false },
        chosen: { sortable: true, filterable: false },
      });
      await call("PUT", "/v1/catalog/attributes", attributes);
      const again = await call("PATCH", "/v1/catalog/attributes/color", { sortable: null });
      expect(again.json()).toMatchObject({ sortable: false, filterable: false, chosen: { filterable: false } });
      const back = (await call("PATCH", "/v1/catalog/attributes/color", { filterable: true })).json();
      expect(back).toMatchObject({ filterable: true });
      expect(back, "it is what the shop says").not.toHaveProperty("chosen");
      expect(catalog.current().attributes.get("color")).toMatchObject({ filterable: true, sortable: false });
    });

    it("refuses flags that it does not know, of attributes that it does not know, and of whom may not edit", async () => {
      for (const body of [{}, { label: "x" }, { sortable: "yes" }, { sortable: true, __proto__x: 1 }])
        expect((await call("PATCH", "/v1/catalog/attributes/color", body)).statusCode, JSON.stringify(body)).toBe(400);
      expect((await call("PATCH", "/v1/catalog/attributes/nope", { sortable: true })).json()).toMatchObject({
        error: { code: "catalog.attributeNotFound" },
      });
      const url = "/v1/catalog/attributes/color";
      const payload = { sortable: true };
      expect((await app.inject({ method: "PATCH", url, payload })).statusCode).toBe(401);
      const headers = { authorization: "Bearer editor" };
      expect((await app.inject({ method: "PATCH", url, payload, headers })).statusCode).toBe(403);
    });
  });
});
