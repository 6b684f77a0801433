import { buildSchema, type ExecutionResult, execute, GraphQLError, type GraphQLResolveInfo } from "graphql";
import { ClienteleError } from "../../kernel/index.ts";
import type { PageType } from "../../recommendations/index.ts";
import { cartRules, type DynamicBlocksArgs, dynamicBlocks } from "./dynamic-blocks.ts";
import type { Call, GraphqlDeps } from "./graphql-deps.ts";
import { customerGroup, customerSegments, storeConfig } from "./personalization.ts";
import { productView } from "./products/product-view.ts";
import { createDocumentReader } from "./read-document.ts";
import type { QueryRequest } from "./read-query.ts";
import { schemaText } from "./schema.data.ts";
import { attributeMetadata } from "./search/attribute-metadata.ts";
import { type ProductSearchArgs, productSearch } from "./search/product-search.ts";
import { recommendByUnitIds, recommendForPage } from "./units/recommend-units.ts";
import type { ShopperArgs } from "./units/shopper.ts";

export type QueryAnswer = {
  /** 400 for a document that was not run. */
  readonly status: 200 | 400;
  readonly body: ExecutionResult;
};

const maxSkus = 100;
/** Asked for on pages, where the drop-ins take any error for a failure of the whole. */
const tolerant = { results: [], totalResults: 0 };

/** What each field of Query answers. */
function createRoot(deps: GraphqlDeps) {
  /** A failure on our side must not take the page with it. */
  const orElse = async <T, F>(call: Call, answer: () => Promise<T>, fallback: F): Promise<T | F> => {
    try {
      return await answer();
    } catch (error) {
      call.request.log.error({ err: error }, "query answered without personalisation");
      return fallback;
    }
  };
  return {
    productSearch: (args: ProductSearchArgs, call: Call, info: GraphQLResolveInfo) =>
      productSearch(deps, call, args, info),
    attributeMetadata: (_: unknown, { catalog }: Call) => attributeMetadata(catalog),
    products: async ({ skus }: { readonly skus?: readonly (string | null)[] | null }, call: Call) => {
      const catalog = await call.priced();
      return [...new Set(skus ?? [])].slice(0, maxSkus).flatMap((sku) => {
        const product = sku === null ? undefined : catalog.get(sku);
        return product ? [productView(product, catalog)] : [];
      });
    },
    recommendations: (args: ShopperArgs & { readonly pageType?: PageType | null }, call: Call) =>
      orElse(call, () => recommendForPage(deps, call, args), tolerant),
    recommendationsByUnitIds: (args: ShopperArgs & { readonly unitIds: readonly string[] }, call: Call) =>
      orElse(call, () => recommendByUnitIds(deps, call, args), tolerant),
    storeConfig: (_: unknown, call: Call) => storeConfig(call),
    customerGroup: (_: unknown, call: Call) => customerGroup(deps, call),
    customerSegments: (_: unknown, call: Call) => orElse(call, () => customerSegments(deps, call), []),
    // Never null, which the drop-in cannot read.
    cart: async (_: unknown, call: Call) => ({ rules: await orElse(call, () => cartRules(deps, call), []) }),
    dynamicBlocks: (args: DynamicBlocksArgs, call: Call) => dynamicBlocks(deps, call, args),
  };
}

export function createQueryRunner(deps: GraphqlDeps): (query: QueryRequest, call: Call) => Promise<QueryAnswer> {
  const schema = buildSchema(schemaText);
  const read = createDocumentReader(schema);
  const rootValue = createRoot(deps);
  return async ({ query, variables, operationName }, call) => {
    const extensions = () => ({
      "request-id": call.request.id,
      ...(call.identityFault() === undefined ? {} : { "identity-fault": call.identityFault() }),
    });
    const document = read(query);
    if (!document.ok) return { status: 400, body: { errors: document.errors, extensions: extensions() } };
    const result = await execute({
      schema,
      document: document.document,
      rootValue,
      contextValue: call,
      variableValues: variables,
      ...(operationName === undefined ? {} : { operationName }),
    });
    const errors = result.errors?.map((error) => outward(error, call));
    return { status: 200, body: { ...result, ...(errors ? { errors } : {}), extensions: extensions() } };
  };
}

/** An error as callers may see it: with a code; what went wrong inside stays in the log. */
function outward(error: GraphQLError, { request }: Call): GraphQLError {
  const { originalError, nodes, path, source, positions } = error;
  const options = { nodes: nodes ?? null, path: path ?? null, source: source ?? null, positions: positions ?? null };
  if (originalError instanceof ClienteleError && originalError.status < 500)
    return new GraphQLError(originalError.message, { ...options, extensions: { code: originalError.code } });
  // Faults of variables are the language's own.
  if (!originalError || originalError instanceof GraphQLError)
    return new GraphQLError(error.message, { ...options, extensions: { code: "graphql.invalid" } });
  request.log.error({ err: originalError }, "a query failed");
  return new GraphQLError("The server failed. Look up the request-id in its log.", {
    ...options,
    extensions: { code: "http.internal" },
  });
}
