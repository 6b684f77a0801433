export { createMembers } from "./create-members.ts";
export type { SegmentClaims } from "./members/segment-claims.ts";
export { type AudienceSyncs, createAudienceSyncs } from "./syncs/create-audience-syncs.ts";
export { createAudienceSyncRoutes } from "./syncs/routes.ts";
