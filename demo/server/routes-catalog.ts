import type { FastifyInstance } from "fastify";
import { findProducts, type ProductQuery } from "./find-products.ts";
import { askerOf, pathText, queryNumber, queryText, shopRoute } from "./request.ts";
import { customerOf } from "./routes-account.ts";
import type { Shop } from "./shop.ts";
import { notFound } from "./shop-error.ts";
import { toCard, toCategory, toProduct } from "./views.ts";

const sorts: readonly ProductQuery["sort"][] = ["", "price:asc", "price:desc", "name:asc"];

export function catalogRoutes(app: FastifyInstance, { accounts, catalog, prices }: Shop): void {
  const tree = catalog.tree.map(toCategory);

  app.get("/categories", shopRoute, () => ({ categories: tree }));

  app.get("/products", shopRoute, async (request) => {
    const sort = queryText(request, "sort", 20);
    const { items, total } = findProducts(catalog, {
      category: queryText(request, "category", 300),
      q: queryText(request, "q", 200),
      skus: queryText(request, "skus", 4_000)
        .split(",")
        .filter((sku) => sku !== "")
        .slice(0, 60),
      sort: sorts.find((known) => known === sort) ?? "",
      limit: queryNumber(request, "limit", 24, 60),
      offset: queryNumber(request, "offset", 0, 10_000),
    });
    const skus = items.map(({ sku }) => sku);
    const list = await prices.shown(skus, askerOf(request, customerOf(request, accounts)));
    return { items: items.map((product) => toCard(catalog, product, list)), total };
  });

  app.get("/products/:sku", shopRoute, async (request) => {
    const found = catalog.find(pathText(request, "sku"));
    if (!found) throw notFound("This product");
    const { sku, variants, components } = found.product;
    const skus = [sku, ...variants.map((variant) => variant.sku), ...components.flatMap((part) => part.skus)];
    const list = await prices.shown(skus, askerOf(request, customerOf(request, accounts)));
    return toProduct(catalog, found.product, list);
  });
}
