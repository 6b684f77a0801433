// People who change the identity graph leave an entry in the audit log: written before the answer goes out, beside the entry of
// the identity log, which is in the transaction of the change.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { AuditTrail } from "./access/index.ts";
import { type Clock, isObject, type Logger } from "./kernel/index.ts";

const actions: Readonly<Record<string, string>> = {
  "POST /v1/profiles/:id/split": "profile.split",
  "POST /v1/profiles/:id/merge": "profile.merge",
  "POST /v1/identity/quarantine/release": "identity.release",
  "DELETE /v1/identity/separations/:id": "identity.join",
  "PUT /v1/identity/settings": "identity.settings",
};

function objectOf({ params }: FastifyRequest): string {
  return isObject(params) && typeof params["id"] === "string" ? params["id"] : "identity";
}

/** Adds the hook; call it before the routes are registered. */
export function auditIdentity(
  app: FastifyInstance,
  deps: { readonly audit: AuditTrail; readonly clock: Clock; readonly logger: Logger },
): void {
  app.addHook("onSend", async (request, reply) => {
    const action = actions[`${request.method} ${request.routeOptions.url ?? ""}`];
    if (action === undefined || reply.statusCode >= 300) return;
    const body = isObject(request.body) ? request.body : {};
    if (body["dryRun"] === true) return;
    const { auth } = request;
    try {
      await deps.audit.recordPast([
        {
          actor: auth.actor,
          via: auth.kind === "session" ? "ui" : "api",
          action,
          objectKind: action.startsWith("profile.") ? "profile" : "identity",
          objectId: objectOf(request),
          before: null,
          // What was asked for, without the values that name a person.
          after: {
            with: body["with"] ?? null,
            identifiers: Array.isArray(body["identifiers"]) ? body["identifiers"].length : null,
          },
          requestId: request.id,
          atMs: deps.clock.now(),
        },
      ]);
    } catch (error) {
      // The change is done: an answer that says otherwise would have it repeated.
      deps.logger.error({ err: error, action }, "an identity change is missing in the audit log");
    }
  });
}
