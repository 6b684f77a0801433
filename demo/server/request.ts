import type { FastifyContextConfig, FastifyReply, FastifyRequest, FastifySchema, RouteShorthandOptions } from "fastify";
import { type Fields, isFields } from "./form.ts";
import { ShopError } from "./shop-error.ts";

/**
 * Options of every shop route: open to anybody, and left out of Clientele's API reference.
 *
 * The casts are true because `access` and `hide` are read by the program that registers the shop, whose types this
 * folder, a system of its own, does not import.
 */
export const shopRoute = {
  config: { access: "public", quiet: true } as FastifyContextConfig,
  schema: { hide: true } as FastifySchema,
} satisfies RouteShorthandOptions;

const cookieName = "luma_session";

export function sessionToken(request: FastifyRequest): string | undefined {
  return new RegExp(`(?:^|; ?)${cookieName}=([\\w-]{20,100})(?:;|$)`).exec(request.headers.cookie ?? "")?.[1];
}

/** @param token empty removes the cookie */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
  maxAgeSeconds: number,
): void {
  const secure = request.protocol === "https" ? "; Secure" : "";
  reply.header(
    "set-cookie",
    `${cookieName}=${token}; Path=/shop; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`,
  );
}

/** Refuses what a form of another site could send: other content types than JSON, and other origins. */
export function refuseForeignWrites(request: FastifyRequest): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const origin = request.headers.origin;
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.headers.host)) {
    throw new ShopError(403, "foreignOrigin", "This request did not come from the shop.");
  }
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new ShopError(415, "jsonOnly", "The shop takes JSON only.");
}

export function bodyFields(request: FastifyRequest): Fields {
  return isFields(request.body) ? request.body : {};
}

export function queryText(request: FastifyRequest, name: string, max: number): string {
  const value = isFields(request.query) ? request.query[name] : undefined;
  return typeof value === "string" ? value.slice(0, max) : "";
}

export function queryNumber(request: FastifyRequest, name: string, fallback: number, max: number): number {
  const value = Number(queryText(request, name, 12) || fallback);
  return Number.isInteger(value) && value >= 0 ? Math.min(value, max) : fallback;
}

export function pathText(request: FastifyRequest, name: string): string {
  const value = isFields(request.params) ? request.params[name] : undefined;
  return typeof value === "string" ? value : "";
}

/** Who asks: the session says which customer; from the browser only its own anonymous id is believed. */
export function askerOf(
  request: FastifyRequest,
  account: { readonly customerId: string } | null,
): { readonly customerId: string | null; readonly anonymousId: string | null } {
  const given = bodyFields(request)["anonymousId"] ?? queryText(request, "anonymousId", 64);
  const anonymousId = typeof given === "string" && /^[\w-]{8,64}$/.test(given) ? given : null;
  return { customerId: account?.customerId ?? null, anonymousId };
}
