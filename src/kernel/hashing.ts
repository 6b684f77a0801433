import { createHash } from "node:crypto";

/** FNV-1a, 32 bit, over UTF-16 code units, as experiments.md section 2 defines it for every port. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash;
}

/**
 * The bucketing hash, version 2.
 *
 * @returns a point in [0, 1), a multiple of 1/10000; the same for the same seed and value in every process and in the browser
 */
export function hashToUnit(seed: string, value: string): number {
  return (fnv1a(String(fnv1a(seed + value))) % 10000) / 10000;
}

/** SHA-256 as lower-case hex. */
export function sha256Hex(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}
