import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, decodeCursor, type ErrorDetail } from "../kernel/index.ts";
import type { Catalog } from "./load-catalog.ts";
import { parseCategories } from "./parse-lists.ts";
import { type ProductPrices, withPrices } from "./priced-snapshot.ts";
import type { Category } from "./product.ts";
import { createAttributeRoutes } from "./routes-attributes.ts";
import {
  categoryInputSchema,
  categorySchema,
  productSchema,
  storedProductSchema,
  upsertReportSchema,
} from "./schemas.ts";

const tags = ["Catalog"];
const skuParams = Type.Object({ sku: Type.String({ minLength: 1, maxLength: 64 }) });
/** 1,000 rows with descriptions and variants. */
const productsBodyLimit = 32 * 1024 * 1024;

const priceQuery = {
  storeView: Type.Optional(
    Type.String({
      maxLength: 200,
      description: "Shows final prices there, of customerGroup or of who is not signed in",
    }),
  ),
  customerGroup: Type.Optional(Type.String({ maxLength: 100, description: "Shows final prices of this group" })),
};

const listQuery = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 200, description: "Part of the SKU or name" })),
  category: Type.Optional(Type.String({ maxLength: 1000, description: "Category path; descendants are included" })),
  type: Type.Optional(Type.String({ maxLength: 20 })),
  variants: Type.Boolean({ default: false, description: "Also list variants" }),
  ...priceQuery,
  ...pageQuerySchema,
});

function unknownProduct(sku: string): ClienteleError {
  return new ClienteleError("catalog.productNotFound", `no product has the SKU ${sku}`);
}

/** A tree needs each parent and no path twice. */
function checkCategories(categories: readonly Static<typeof categoryInputSchema>[]): void {
  const paths = new Set(categories.map((category) => category.path));
  const seen = new Set<string>();
  const details: ErrorDetail[] = [];
  for (const [index, { path }] of categories.entries()) {
    const cut = path.lastIndexOf("/");
    const parent = path.slice(0, Math.max(0, cut));
    if (seen.has(path)) details.push({ path: `/${index}/path`, code: "duplicate", message: `${path} occurs twice` });
    if (parent !== "" && !paths.has(parent))
      details.push({ path: `/${index}/path`, code: "parent", message: `the parent ${parent} is missing` });
    seen.add(path);
  }
  if (details.length > 0)
    throw new ClienteleError("catalog.invalidCategories", `${details.length} categories are faulty`, {
      details: details.slice(0, 100),
    });
}

type CatalogRouteDeps = {
  readonly catalog: Catalog;
  /** What products cost a customer group in a store view; absent = what the catalog says, whoever asks. */
  readonly pricesFor?: (asker: PriceQuery) => ProductPrices | undefined;
};

type PriceQuery = { readonly storeView?: string | undefined; readonly customerGroup?: string | undefined };

/** The native HTTP API of the catalog. */
export function createCatalogRoutes({ catalog, pricesFor }: CatalogRouteDeps): FastifyPluginAsyncTypebox {
  /** What is shown are prices and stock as in the storefront, so parents are taken from memory where it has them. */
  const shown = ({ storeView, customerGroup }: PriceQuery) => {
    const asked = storeView !== undefined || customerGroup !== undefined;
    return withPrices(catalog.current(), asked ? pricesFor?.({ storeView, customerGroup }) : undefined);
  };
  const withCount = (category: Category) => ({
    ...category,
    productCount: catalog.current().inCategory(category.path).length,
  });

  return async (app) => {
    app.put(
      "/v1/catalog/products",
      {
        bodyLimit: productsBodyLimit,
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Create or replace products",
          description:
            "Up to 1,000 rows. Faulty rows are reported and the others stored. Unknown fields become attributes.",
          body: Type.Array(Type.Unknown()),
          response: { 200: upsertReportSchema, ...errorResponses(400, 401, 403, 413) },
        },
      },
      async (request) => {
        const { accepted, rejected } = await catalog.upsertProducts(request.body);
        return { accepted, rejected: rejected.map((row) => ({ ...row, details: [...row.details] })) };
      },
    );

    app.get(
      "/v1/catalog/products",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "List products by SKU",
          querystring: listQuery,
          response: {
            200: pageSchema(productSchema),
            ...errorResponses(400, 401, 403),
          },
        },
      },
      async (request) => {
        const { q, cursor, category, type, variants, limit } = request.query;
        const [afterSku] = cursor === undefined ? [""] : (decodeCursor(cursor, 1) ?? []);
        if (typeof afterSku !== "string")
          throw new ClienteleError("http.badRequest", "the cursor is not one that a list gave");
        const page = await catalog.list({
          ...(q ? { search: q } : {}),
          ...(category ? { category } : {}),
          ...(type ? { type } : {}),
          variants,
          limit,
          afterSku,
        });
        const snapshot = shown(request.query);
        const items = page.items.map((product) => snapshot.get(product.sku) ?? product);
        return { ...page, items };
      },
    );

    app.get(
      "/v1/catalog/products/:sku",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Read a product with its reviews",
          params: skuParams,
          querystring: Type.Object(priceQuery),
          response: { 200: storedProductSchema, ...errorResponses(401, 403, 404) },
        },
      },
      async (request) => {
        const stored = await catalog.find(request.params.sku);
        if (!stored) throw unknownProduct(request.params.sku);
        return { ...stored, ...shown(request.query).get(stored.sku), reviews: stored.reviews, extra: stored.extra };
      },
    );

    app.delete(
      "/v1/catalog/products/:sku",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Delete a product with its variants",
          params: skuParams,
          response: { 200: Type.Object({ deleted: Type.Literal(true) }), ...errorResponses(401, 403, 404) },
        },
      },
      async (request) => {
        if (!(await catalog.deleteProduct(request.params.sku))) throw unknownProduct(request.params.sku);
        return { deleted: true as const };
      },
    );

    app.get(
      "/v1/catalog/categories",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "List all categories",
          response: { 200: Type.Object({ items: Type.Array(categorySchema) }), ...errorResponses(401, 403) },
        },
      },
      async () => ({ items: [...catalog.current().categories.values()].map(withCount) }),
    );

    app.put(
      "/v1/catalog/categories",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Replace all categories",
          body: Type.Array(categoryInputSchema, { maxItems: 100_000 }),
          response: { 200: Type.Object({ items: Type.Array(categorySchema) }), ...errorResponses(400, 401, 403, 422) },
        },
      },
      async (request) => {
        checkCategories(request.body);
        await catalog.replaceCategories(parseCategories(request.body));
        return { items: [...catalog.current().categories.values()].map(withCount) };
      },
    );

    await app.register(createAttributeRoutes(catalog));
  };
}
