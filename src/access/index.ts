export type { AuditTrail } from "./audit.ts";
export { createAccess } from "./create-access.ts";
export { demoCredentials } from "./demo-access.ts";
export { verifyIdentityToken } from "./identity-token.ts";
export type { Manager } from "./manage-keys.ts";
export { createAccessRoutes } from "./routes.ts";
export { createAccessStore } from "./store.ts";
export type { Role } from "./user.ts";
