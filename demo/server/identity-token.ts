import { createHmac } from "node:crypto";

const lifetimeSeconds = 12 * 3600;

/**
 * Proves to Clientele who is signed in: base64url(JSON {sub, email, exp}) "." base64url(HMAC-SHA256 of the first part).
 *
 * @param secret the identity secret of the shop's write key; never leaves the server
 */
export function signIdentity(secret: string, customerId: string, email: string, nowMs: number): string {
  const exp = Math.floor(nowMs / 1000) + lifetimeSeconds;
  const payload = Buffer.from(JSON.stringify({ sub: customerId, email, exp }), "utf8").toString("base64url");
  return `${payload}.${createHmac("sha256", secret).update(payload).digest("base64url")}`;
}
