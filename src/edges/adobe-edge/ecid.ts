// Experience Cloud ids: 38 decimal digits, two unsigned 64-bit numbers with the top bit cleared, each padded to 19 digits.
import { createHmac, randomBytes } from "node:crypto";

const halfDigits = 19;
const topBitCleared = 0x7fff_ffff_ffff_ffffn;

/** True for 38 digits; a row of zeros is what clients write for "none". */
export function isEcid(value: unknown): value is string {
  return typeof value === "string" && /^\d{38}$/.test(value) && !/^0+$/.test(value);
}

function ecidOfBytes(bytes: Buffer): string {
  const half = (at: number) => (bytes.readBigUInt64BE(at) & topBitCleared).toString().padStart(halfDigits, "0");
  return half(0) + half(8);
}

/** A new random id. */
export function mintEcid(): string {
  return ecidOfBytes(randomBytes(16));
}

/**
 * The id of a merchant's own first-party id: HMAC-SHA-256 with the org as key, so that every process gives the same one.
 *
 * @param fpid as the merchant sends it; letter case counts for nothing
 */
export function ecidOfFpid(orgId: string, fpid: string): string {
  return ecidOfBytes(createHmac("sha256", orgId).update(`FPID:${fpid.trim().toLowerCase()}`).digest());
}
