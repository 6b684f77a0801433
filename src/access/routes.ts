import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { AccessControl } from "./create-access.ts";
import { createAuditRoutes } from "./routes-audit.ts";
import { createKeyRoutes } from "./routes-keys.ts";
import { createSessionRoutes } from "./routes-session.ts";
import { createUserRoutes } from "./routes-users.ts";

export type AccessRoutesDeps = {
  readonly access: AccessControl;
  /** Cookies are marked Secure when it is https. */
  readonly publicUrl: string;
};

/** Sign-in, keys, users and the audit trail: `/v1/session`, `/v1/keys`, `/v1/users`, `/v1/audit`, `/v1/ping`. */
export function createAccessRoutes({ access, publicUrl }: AccessRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(createSessionRoutes(access, publicUrl.startsWith("https:")));
    await app.register(createKeyRoutes(access));
    await app.register(createUserRoutes(access));
    await app.register(createAuditRoutes(access));
  };
}
