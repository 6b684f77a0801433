import { createHmac, timingSafeEqual } from "node:crypto";
import { ClienteleError, isObject } from "../kernel/index.ts";

/** What a shop's server vouches for. */
export type Identity = { readonly customerId: string; readonly email?: string };
export type VerifiedIdentity = Identity & { readonly expiresAtMs: number };

const maxTokenLength = 4096;
const maxValueLength = 320;

const macOf = (payload: string, secret: string) => createHmac("sha256", secret).update(payload).digest();

/**
 * Makes an identity token: `base64url(payload).base64url(HMAC-SHA256 of that text)`, payload `{sub, email?, exp}`.
 * Do this on the shop's server only; the secret must not reach a browser.
 *
 * @param expiresAtMs Unix milliseconds; written in whole seconds
 */
export function signIdentityToken(identity: Identity, secret: string, expiresAtMs: number): string {
  const claims = {
    sub: identity.customerId,
    ...(identity.email === undefined ? {} : { email: identity.email }),
    exp: Math.floor(expiresAtMs / 1000),
  };
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${payload}.${macOf(payload, secret).toString("base64url")}`;
}

function refuse(reason: string): never {
  throw new ClienteleError("access.identityToken", `the identity token ${reason}`);
}

function readClaims(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch {
    return refuse("does not hold JSON");
  }
}

const isValue = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= maxValueLength;

/**
 * Checks an identity token and reads it.
 *
 * @throws {ClienteleError} `access.identityToken` when it is malformed, signed with another secret, or past its time
 */
export function verifyIdentityToken(token: string, secret: string, nowMs: number): VerifiedIdentity {
  const [payload, signature, ...rest] = token.split(".");
  if (token.length > maxTokenLength || !payload || !signature || rest.length > 0) refuse("is malformed");
  const given = Buffer.from(signature, "base64url");
  const expected = macOf(payload, secret);
  if (secret === "" || given.length !== expected.length || !timingSafeEqual(given, expected))
    refuse("is not signed with the secret of this key");
  const claims = readClaims(payload);
  if (!isObject(claims) || !isValue(claims["sub"])) refuse("names no sub");
  const { sub: customerId, email, exp } = claims;
  if (typeof exp !== "number" || !Number.isFinite(exp)) refuse("has no exp");
  if (exp * 1000 <= nowMs) refuse("has expired");
  if (email !== undefined && !isValue(email)) refuse("has an email that is no text");
  return { customerId, ...(email === undefined ? {} : { email }), expiresAtMs: exp * 1000 };
}
