import type { FastifyRequest } from "fastify";
import { ClienteleError } from "../kernel/index.ts";

/** What a token or a user may do. `personal-data` is given apart from the ladder read < edit < publish < admin. */
export const allScopes = ["read", "edit", "publish", "admin", "personal-data"] as const;
export type Scope = (typeof allScopes)[number];

/**
 * What a route asks of its caller:
 * `public` nothing; `write-key` a write key, or a token or session with `edit`; `decide` a write key, or `read`;
 * `discovery` as `decide`, and nothing when discovery is open; the rest a token or session with that scope.
 */
export type Access = "public" | "write-key" | "decide" | "discovery" | Scope;

/** Who calls. `storeViews` null = all; `actor` is what audit entries and versions name. */
export type Auth = {
  readonly kind: "write-key" | "token" | "session" | "none";
  /** Id of the key or session, null for `none`. */
  readonly id: string | null;
  /** The source that events of this caller belong to. */
  readonly sourceId: string;
  /** What a write key is used from: a page or app, whose claims are not believed, or a server, whose are. */
  readonly sourceType?: "browser" | "server";
  readonly scopes: readonly Scope[];
  readonly actor: string;
  readonly storeViews: readonly string[] | null;
  /** HMAC secret of the write key for identity tokens. */
  readonly identitySecret?: string;
  /** Requests a second of this key, burst twice that; absent = no limit. */
  readonly rateLimit?: number;
};

/** What a caller claims about persons and times is believed: tokens, signed-in users, keys of servers. */
export function isTrusted(auth: Auth): boolean {
  return (
    auth.kind === "token" || auth.kind === "session" || (auth.kind === "write-key" && auth.sourceType === "server")
  );
}

/** Nobody: what a public route sees. */
export const noAuth: Auth = Object.freeze({
  kind: "none",
  id: null,
  sourceId: "anonymous",
  scopes: [],
  actor: "nobody",
  storeViews: null,
});

export type RouteAccess = {
  readonly access: Access;
  /** Reads the write key from where a foreign client sends it; tried after the usual places. */
  readonly writeKeyFrom?: (request: FastifyRequest) => string | undefined;
  /** Authenticate after the body was read, for clients that send the key in it. Default: before. */
  readonly keyInBody?: boolean;
  /** Answers to other origins. Default: true for write-key, decide and discovery, else false. */
  readonly cors?: boolean;
  /** Allows cookies of other origins, for clients that insist on it. Default false. */
  readonly corsCredentials?: boolean;
  /** Logs successful requests at debug instead of info. */
  readonly quiet?: boolean;
};

/**
 * Finds out who calls. Returns `noAuth` for a request without credentials.
 *
 * @throws {ClienteleError} `access.unauthorized` for credentials that are unknown or revoked, `access.csrf`, `access.originNotAllowed`
 */
export type Authenticate = (request: FastifyRequest, route: RouteAccess) => Auth | Promise<Auth>;

declare module "fastify" {
  interface FastifyRequest {
    auth: Auth;
  }
  interface FastifyContextConfig extends Partial<RouteAccess> {
    /** Set on the OPTIONS routes that this folder adds by itself. */
    isPreflight?: boolean;
  }
}

function requireScope(auth: Auth, scope: Scope): void {
  if (auth.kind === "none")
    throw new ClienteleError("access.unauthorized", "this path needs a token or a signed-in user");
  if (!auth.scopes.includes(scope)) {
    throw new ClienteleError("access.forbidden", `this path needs the scope ${scope}`);
  }
}

/**
 * Checks that a caller may use a route.
 *
 * @throws {ClienteleError} `access.unauthorized` for nobody, `access.forbidden` when the scope is missing
 */
export function authorize(auth: Auth, access: Access, openDiscovery: boolean): void {
  switch (access) {
    case "public":
      return;
    case "write-key":
      if (auth.kind === "none") throw new ClienteleError("access.unauthorized", "this path needs a write key");
      if (auth.kind !== "write-key") requireScope(auth, "edit");
      return;
    case "decide":
    case "discovery":
      if (access === "discovery" && openDiscovery) return;
      if (auth.kind === "none") throw new ClienteleError("access.unauthorized", "this path needs a write key");
      if (auth.kind !== "write-key") requireScope(auth, "read");
      return;
    default:
      requireScope(auth, access);
  }
}
