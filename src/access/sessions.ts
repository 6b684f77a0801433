import { randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Auth } from "../http/index.ts";
import { ClienteleError, type Clock } from "../kernel/index.ts";
import { hashSecret } from "./key.ts";
import { verifyPassword } from "./passwords.ts";
import { createSignInAttempts } from "./sign-in-attempts.ts";
import type { AccessStore, StoredSession } from "./store.ts";
import { scopesOf, type User } from "./user.ts";

// A session is a random token in an httpOnly cookie; the database holds its hash. It runs 12 hours after its last use,
// a week at most. What was read is kept a second, so that a page with ten requests reads it once.

export const sessionCookie = "clientele_session";
const csrfHeader = "x-clientele-csrf";
const idleMs = 12 * 3_600_000;
const maxAgeMs = 7 * 24 * 3_600_000;
const extendAfterMs = 3_600_000;
const cacheMs = 1000;
const maxCached = 1000;

export type SignedIn = {
  readonly token: string;
  readonly csrf: string;
  readonly user: User;
  readonly expiresAtMs: number;
};
export type SessionsDeps = { readonly store: AccessStore; readonly clock: Clock };

/** The session token in the Cookie header. */
export function readSessionCookie(request: Pick<FastifyRequest, "headers">): string | undefined {
  const header = request.headers.cookie;
  if (header === undefined) return undefined;
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === sessionCookie) return part.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

export const normalizeEmail = (email: string) => email.trim().toLowerCase();

function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function authOfUser(user: User): Auth {
  return {
    kind: "session",
    id: user.id,
    sourceId: "admin",
    scopes: scopesOf(user),
    actor: user.email,
    storeViews: user.storeViews,
  };
}

export function createSessions({ store, clock }: SessionsDeps) {
  const attempts = createSignInAttempts();
  const cache = new Map<string, { session: StoredSession; untilMs: number }>();

  const find = async (hash: string): Promise<StoredSession | undefined> => {
    const nowMs = clock.now();
    const cached = cache.get(hash);
    if (cached && cached.untilMs > nowMs && cached.session.expiresAtMs > nowMs) return cached.session;
    const session = await store.findSession(hash, nowMs);
    cache.delete(hash);
    if (!session) return undefined;
    const expiresAtMs = Math.min(nowMs + idleMs, session.createdAtMs + maxAgeMs);
    const isExtended = expiresAtMs - session.expiresAtMs > extendAfterMs;
    if (isExtended) await store.extendSession(hash, expiresAtMs);
    const current = isExtended ? { ...session, expiresAtMs } : session;
    if (cache.size >= maxCached) cache.clear();
    cache.set(hash, { session: current, untilMs: nowMs + cacheMs });
    return current;
  };

  return {
    /** @throws {ClienteleError} `access.badCredentials`, the same for an unknown user and a wrong password; `access.tooManyAttempts` */
    signIn: async (givenEmail: string, password: string, address: string): Promise<SignedIn> => {
      const email = normalizeEmail(givenEmail);
      attempts.begin(address, email, clock.now());
      const user = await store.findUserByEmail(email);
      const isRight = await verifyPassword(password, user?.password);
      if (!user || !isRight || user.disabledAt !== null)
        throw new ClienteleError("access.badCredentials", "the e-mail or the password is wrong");
      attempts.succeed(address, email);
      const token = randomBytes(32).toString("base64url");
      const csrf = randomBytes(24).toString("base64url");
      const nowMs = clock.now();
      const expiresAtMs = nowMs + idleMs;
      await store.transaction((tx) =>
        store.insertSession(tx, { hash: hashSecret(token), userId: user.id, csrf, nowMs, expiresAtMs }),
      );
      return { token, csrf, user, expiresAtMs };
    },
    /** The session of a request; undefined when it has none that runs. */
    of: async (request: Pick<FastifyRequest, "headers">): Promise<StoredSession | undefined> => {
      const token = readSessionCookie(request);
      return token === undefined ? undefined : find(hashSecret(token));
    },
    /** @throws {ClienteleError} `access.csrf` when a request that changes something lacks the header of its session */
    assertCsrf: (request: Pick<FastifyRequest, "headers" | "method">, session: StoredSession): void => {
      if (safeMethods.has(request.method)) return;
      const given = request.headers[csrfHeader];
      if (typeof given === "string" && isSameText(given, session.csrf)) return;
      throw new ClienteleError("access.csrf", `send the csrf token of the session as ${csrfHeader}`);
    },
    signOut: async (request: Pick<FastifyRequest, "headers">): Promise<void> => {
      const token = readSessionCookie(request);
      if (token === undefined) return;
      const hash = hashSecret(token);
      cache.delete(hash);
      await store.deleteSession(hash);
    },
    /** Forgets what was read; after a user has changed. */
    clearCache: (): void => cache.clear(),
  };
}

export type Sessions = ReturnType<typeof createSessions>;
