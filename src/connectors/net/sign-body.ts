// The signature of our own webhooks, both ways: `X-Clientele-Signature: t=<Unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`.
import { createHmac, timingSafeEqual } from "node:crypto";

export const signatureHeader = "x-clientele-signature";
/** A signature older or newer than this is refused: a recorded request cannot be sent again later. */
export const signatureWindowMs = 300_000;

function digest(secret: string, seconds: number, body: Buffer | string): string {
  return createHmac("sha256", secret).update(`${seconds}.`).update(body).digest("hex");
}

/** True when both texts are equal; takes the same time wherever they differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The header value for a body sent at `nowMs`. */
export function signBody(secret: string, body: Buffer | string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  return `t=${seconds},v1=${digest(secret, seconds, body)}`;
}

/** Several `v1` parts are allowed, for the time in which a secret is exchanged. */
export function verifySignature(secret: string, body: Buffer, header: string, nowMs: number): boolean {
  const parts = header.split(",", 10).map((part) => part.trim().split("="));
  const seconds = Number(parts.find(([name]) => name === "t")?.[1]);
  if (!Number.isSafeInteger(seconds) || Math.abs(nowMs - seconds * 1000) > signatureWindowMs) return false;
  const expected = digest(secret, seconds, body);
  return parts.some(([name, value]) => name === "v1" && equalInConstantTime(expected, (value ?? "").toLowerCase()));
}
