export { createDiscovery, type Discovery, type DiscoveryDeps } from "./create-discovery.ts";
export { createPreviewRoutes, type PreviewRouteDeps } from "./preview-routes.ts";
export type {
  AnswerList,
  ConsideredRule,
  ListAnswer,
  ListPreview,
  ListRequest,
  ListSubject,
  ListVisitor,
} from "./product-lists.ts";
export { createDiscoveryRoutes, type DiscoveryRouteDeps, findOrNobody, type VisitorClaim } from "./routes.ts";
