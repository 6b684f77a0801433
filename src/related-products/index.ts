export { createRelatedProducts } from "./create-related-products.ts";
export { createListDecider } from "./decide-list.ts";
export { createRelatedListKind, type RelatedListBody } from "./list-kind.ts";
export { createRelatedRoutes } from "./routes.ts";
export { createRelatedReportRoutes } from "./routes-report.ts";
export { createRelatedRuleKind, type RelatedRuleBody } from "./rule-kind.ts";
export { createRelatedMetrics } from "./store.clickhouse.ts";
