// The list of audiences that a shopper carries from one surface to another (cookie and header `aep-segments-membership`), made
// unforgeable: one more entry behind the keys signs them. See docs/decisions/0012-signed-segments.md.
import { createHmac, timingSafeEqual } from "node:crypto";

/** A key that signs; `id` is a UUID. */
export type SegmentKey = { readonly id: string; readonly secret: string };

export type SegmentVerdict =
  | {
      readonly ok: true;
      /** Keys of audiences. */
      readonly segments: readonly string[];
      /** The one of the given visitors that they belong to. */
      readonly visitor: string;
    }
  | { readonly ok: false; readonly reason: SegmentFault };

/** `invalid` = forged, changed, or of another visitor: the signature does not tell them apart. */
export type SegmentFault =
  | "oversized"
  | "malformed"
  | "unsigned"
  | "unknown_visitor"
  | "unknown_key"
  | "expired"
  | "invalid";

const prefix = "cl1";
const macBytes = 16;
const maxLength = 8_192;
const maxEntries = 500;
const maxSignatures = 4;
/** Shops vary cached pages by the cookie: the value stays the same for this long. */
const stepMs = 900_000;
/** A list is good for at least this long after it was given. */
export const segmentsLastMs = 3_600_000;

type Signature = {
  readonly count: number;
  readonly expiresAt: number;
  readonly keyId: string;
  readonly mac: Buffer;
};

function macOf(secret: string, visitor: string, expiresAt: number, segments: readonly string[]): Buffer {
  // The name keeps it apart from identity tokens and propositions, which are made with the same secret.
  const text = JSON.stringify(["segments", visitor, expiresAt, ...segments]);
  return createHmac("sha256", secret).update(text).digest().subarray(0, macBytes);
}

/**
 * The entry that signs a list; it goes behind the keys, separated by a comma.
 *
 * @param visitor namespace and value of a device or customer, `ecid:1234`: the list holds for no other
 */
export function signSegments(segments: readonly string[], visitor: string, key: SegmentKey, nowMs: number): string {
  const expiresAt = Math.ceil((nowMs + segmentsLastMs) / stepMs) * stepMs;
  const keyId = Buffer.from(key.id.replaceAll("-", ""), "hex").toString("base64url");
  const mac = macOf(key.secret, visitor, expiresAt, segments).toString("base64url");
  return [prefix, segments.length.toString(36), (expiresAt / stepMs).toString(36), keyId, mac].join(".");
}

/** When a list that was signed now ends, Unix milliseconds. */
export function segmentsExpireAt(nowMs: number): number {
  return Math.ceil((nowMs + segmentsLastMs) / stepMs) * stepMs;
}

function readSignature(entry: string): Signature | undefined {
  const [, count = "", expires = "", key = "", mac = "", ...rest] = entry.split(".");
  if (rest.length > 0 || !/^[0-9a-z]{1,4}$/.test(count) || !/^[0-9a-z]{1,8}$/.test(expires)) return undefined;
  const [keyBytes, given] = [Buffer.from(key, "base64url"), Buffer.from(mac, "base64url")];
  // The last character of base64 has bits that mean nothing: one list has one signature, not several that read the same.
  if (keyBytes.toString("base64url") !== key || given.toString("base64url") !== mac) return undefined;
  const id = keyBytes.toString("hex");
  if (id.length !== 32) return undefined;
  return {
    count: Number.parseInt(count, 36),
    expiresAt: Number.parseInt(expires, 36) * stepMs,
    keyId: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    mac: given,
  };
}

function entriesOf(text: string): readonly string[] | undefined {
  try {
    const entries = decodeURIComponent(text).split(",", maxEntries + 1);
    return entries.length > maxEntries ? undefined : entries.map((entry) => entry.trim());
  } catch {
    return undefined;
  }
}

function verifyOne(
  { count, expiresAt, keyId, mac }: Signature,
  segments: readonly string[],
  visitors: readonly string[],
  secretOf: (keyId: string) => string | undefined,
  nowMs: number,
): SegmentVerdict {
  // Nothing of ours lasts longer.
  if (expiresAt <= nowMs || expiresAt > nowMs + segmentsLastMs + stepMs) return { ok: false, reason: "expired" };
  const secret = secretOf(keyId);
  if (secret === undefined || secret === "") return { ok: false, reason: "unknown_key" };
  if (mac.length !== macBytes || segments.length !== count) return { ok: false, reason: "invalid" };
  const visitor = visitors.find((each) => timingSafeEqual(mac, macOf(secret, each, expiresAt, segments)));
  return visitor === undefined ? { ok: false, reason: "invalid" } : { ok: true, segments, visitor };
}

/**
 * Reads a list that a client gave. Entries of others around ours do not matter; those that our signature covers are the ones right
 * before it.
 *
 * @param text as in the header or cookie: entries separated by commas, URL-encoded or not
 * @param visitors what the caller is known by: without any, nothing holds
 * @param secretOf of an active key; undefined for one that is unknown or revoked
 */
export function verifySegments(
  text: string,
  visitors: readonly string[],
  secretOf: (keyId: string) => string | undefined,
  nowMs: number,
): SegmentVerdict {
  if (text.length > maxLength) return { ok: false, reason: "oversized" };
  const entries = entriesOf(text);
  if (!entries) return { ok: false, reason: "malformed" };
  const places = entries.flatMap((entry, place) => (entry.startsWith(`${prefix}.`) ? [place] : []));
  if (places.length === 0) return { ok: false, reason: "unsigned" };
  if (visitors.length === 0) return { ok: false, reason: "unknown_visitor" };
  let verdict: SegmentVerdict = { ok: false, reason: "malformed" };
  for (const place of places.slice(0, maxSignatures)) {
    const signature = readSignature(entries[place] ?? "");
    if (!signature) continue;
    const covered = entries.slice(Math.max(0, place - signature.count), place);
    verdict = verifyOne(signature, covered, visitors, secretOf, nowMs);
    if (verdict.ok) return verdict;
  }
  return verdict;
}
