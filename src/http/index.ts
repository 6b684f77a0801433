export { type Auth, type Authenticate, allScopes, isTrusted, noAuth, type RouteAccess, type Scope } from "./auth.ts";
export { createHttpServer, type HttpServer } from "./create-http-server.ts";
export { errorResponses, toClienteleError } from "./error-answer.ts";
export { openApiDocument } from "./open-api.ts";
export { listOf, pageQuerySchema, pageSchema } from "./page-schema.ts";
export { pages } from "./pages.ts";
export { acceptJsonAs } from "./parse-body.ts";
export { longestReportDays, readReportPeriod, reportPeriodFields } from "./report-period.ts";
export { schemaFaults } from "./validation.ts";
