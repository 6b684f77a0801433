import { createHmac } from "node:crypto";

/** An identity token as the manual tells a shop's server to make it, without any code of ours. */
export function signAsShop(customerId: string, secret: string, expiresAtMs: number): string {
  const claims = { sub: customerId, exp: Math.floor(expiresAtMs / 1000) };
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${payload}.${createHmac("sha256", secret).update(payload).digest("base64url")}`;
}
