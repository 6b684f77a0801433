import { createHash, randomBytes } from "node:crypto";
import type { Auth, Scope } from "../http/index.ts";

export type KeyKind = "write" | "token";
export type SourceType = "browser" | "server";

/** A key as lists show it: never the key itself, nor its hash or identity secret. */
export type AccessKey = {
  readonly id: string;
  readonly kind: KeyKind;
  readonly name: string;
  /** The first characters, to tell keys apart. */
  readonly prefix: string;
  readonly sourceId: string;
  /** Of a write key: what it is used from. A key of a server must be kept as secret as a token. */
  readonly sourceType: SourceType;
  readonly scopes: readonly Scope[];
  /** Origins that may use a write key; empty = any. `https://*.example.com` covers subdomains. */
  readonly origins: readonly string[];
  /** Null = all. */
  readonly storeViews: readonly string[] | null;
  /** Requests a second; null = no limit. */
  readonly rateLimit: number | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revokedAt: string | null;
  /** Correct to a minute. */
  readonly lastUsedAt: string | null;
};

/** A key ready for the hot path: the answer of authentication is made once, when it is loaded. */
export type LoadedKey = {
  readonly hash: string;
  readonly kind: KeyKind;
  readonly origins: readonly string[];
  readonly auth: Auth;
};

const prefixLength = 10;

export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

export function randomSecret(prefix: string): string {
  return `${prefix}${randomBytes(32).toString("base64url")}`;
}

export function prefixOf(key: string): string {
  return key.slice(0, Math.min(prefixLength, Math.floor(key.length / 2)));
}

/** True when a browser at `origin` may use the key. Requests without an Origin come from servers or the same origin. */
export function allowsOrigin(origins: readonly string[], origin: string | undefined): boolean {
  if (origins.length === 0 || origin === undefined) return true;
  return origins.some((allowed) => {
    if (allowed === origin) return true;
    const [scheme, host] = allowed.split("://*");
    if (host === undefined || scheme === undefined) return false;
    return (
      origin.startsWith(`${scheme}://`) && origin.endsWith(host) && origin.length > scheme.length + 3 + host.length
    );
  });
}
