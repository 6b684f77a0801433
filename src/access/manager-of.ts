import type { FastifyRequest } from "fastify";
import { ClienteleError } from "../kernel/index.ts";
import type { Manager } from "./manage-keys.ts";

/**
 * Who manages keys and users in a request.
 *
 * @throws {ClienteleError} `access.forbidden` for a caller who is limited to some store views: a key or user made by
 * them could reach all of them
 */
export function managerOf(request: FastifyRequest): Manager {
  const { auth, id } = request;
  if (auth.storeViews !== null)
    throw new ClienteleError("access.forbidden", "keys and users are managed by administrators of all store views");
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", requestId: id };
}
