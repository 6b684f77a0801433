import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { DataClasses } from "./data-classes.ts";
import type { Requests } from "./request-erasure.ts";
import { createClassRoutes } from "./routes-classes.ts";
import { createProfilePrivacyRoutes, type ProfilePrivacyRouteDeps } from "./routes-profiles.ts";
import { createRequestRoutes } from "./routes-requests.ts";
import { createRetentionRoutes, type RetentionRouteDeps } from "./routes-retention.ts";
import type { Suppression } from "./suppression.ts";

export type PrivacyRouteDeps = ProfilePrivacyRouteDeps & {
  readonly requests: Requests;
  readonly classes: DataClasses;
  readonly suppression: Suppression;
  readonly retention: RetentionRouteDeps;
};

/** `/v1/privacy/…`, and of a profile: DELETE, export, traits, consents, accesses. */
export function createPrivacyRoutes(deps: PrivacyRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(createRequestRoutes(deps.requests, deps.suppression));
    await app.register(createProfilePrivacyRoutes(deps));
    await app.register(createClassRoutes(deps.classes));
    await app.register(createRetentionRoutes(deps.retention));
  };
}
