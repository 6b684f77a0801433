import type { FastifyRequest } from "fastify";
import type { Actor } from "./data-classes.ts";

/** Who asks, for the audit. */
export function actorOf({ auth, id }: FastifyRequest): Actor {
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", requestId: id };
}
