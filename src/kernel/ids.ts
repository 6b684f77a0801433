import { randomFillSync } from "node:crypto";

// UUIDv7 (RFC 9562 5.7): 48 bits of Unix milliseconds, then random bits. One pool of random bytes serves 256 ids:
// a call of the random source for each id took longer than all the rest of it on the ingest path.
const poolBytes = 4096;
const pool = Buffer.allocUnsafe(poolBytes);
let used = poolBytes;

/**
 * A new time-ordered id.
 *
 * @param nowMs Unix milliseconds that lead the id
 */
export function newId(nowMs: number = Date.now()): string {
  if (used + 16 > poolBytes) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += 16;
  pool.writeUIntBE(nowMs, at, 6);
  pool[at + 6] = ((pool[at + 6] ?? 0) & 0x0f) | 0x70;
  pool[at + 8] = ((pool[at + 8] ?? 0) & 0x3f) | 0x80;
  const hex = pool.toString("hex", at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for any UUID text; a border check before a value reaches a `uuid` column. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
