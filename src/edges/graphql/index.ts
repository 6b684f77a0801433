export { createGraphqlEdge } from "./create-graphql-edge.ts";
export type { GraphqlDeps, GraphqlSettings } from "./graphql-deps.ts";
