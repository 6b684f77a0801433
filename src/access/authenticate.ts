import type { FastifyRequest } from "fastify";
import { type Auth, type Authenticate, noAuth, type RouteAccess } from "../http/index.ts";
import { ClienteleError, isObject } from "../kernel/index.ts";
import { allowsOrigin, type LoadedKey } from "./key.ts";
import type { KeyRing } from "./key-ring.ts";
import { authOfUser, readSessionCookie, type Sessions } from "./sessions.ts";

const maxCredentialLength = 1000;

function readBasic(value: string): string {
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon === -1 ? text : text.slice(0, colon);
}

/** Where a write key may be, in the order they are tried. */
function* writeKeysOf(request: FastifyRequest, route: RouteAccess): Generator<string> {
  const apiKey = request.headers["x-api-key"];
  if (typeof apiKey === "string") yield apiKey;
  const query = request.query;
  const inQuery = isObject(query) ? query["writeKey"] : undefined;
  if (typeof inQuery === "string") yield inQuery;
  const foreign = route.writeKeyFrom?.(request);
  if (foreign) yield foreign;
}

/**
 * Tells who calls: by Authorization (Basic with a write key, Bearer with a write key or token), x-api-key, ?writeKey=,
 * the place the route names, or the session cookie. Synchronous for keys. A token is accepted as Bearer only: the
 * other places end up in logs and browser histories.
 */
export function createAuthenticate(keys: KeyRing, sessions: Sessions): Authenticate {
  const admit = (key: LoadedKey, request: FastifyRequest): Auth => {
    if (key.kind === "write" && !allowsOrigin(key.origins, request.headers.origin)) {
      throw new ClienteleError("access.originNotAllowed", "the write key does not allow this origin");
    }
    return key.auth;
  };

  const bySession = async (request: FastifyRequest): Promise<Auth> => {
    const session = await sessions.of(request);
    if (!session) return noAuth;
    sessions.assertCsrf(request, session);
    return authOfUser(session.user);
  };

  return (request, route) => {
    let wasGiven = false;
    const header = request.headers.authorization;
    if (header !== undefined && header.length <= maxCredentialLength) {
      const [scheme = "", value = ""] = header.split(" ", 2);
      const name = scheme.toLowerCase();
      if (name === "bearer" || name === "basic") {
        wasGiven = true;
        const key = keys.find(name === "bearer" ? value : readBasic(value));
        if (key && (key.kind === "write" || name === "bearer")) return admit(key, request);
      }
    }
    for (const candidate of writeKeysOf(request, route)) {
      wasGiven = true;
      const key = candidate.length <= maxCredentialLength ? keys.find(candidate) : undefined;
      if (key?.kind === "write") return admit(key, request);
    }
    if (wasGiven) throw new ClienteleError("access.unauthorized", "the key or token is unknown or revoked");
    return readSessionCookie(request) === undefined ? noAuth : bySession(request);
  };
}
