// An uploaded list in memory: sorted 64-bit codes of its values. Eight bytes an entry; two different values of a million share a code
// with a probability of one in 18 million million.
import { createHash } from "node:crypto";
import type { OwnedIdentifier } from "../profiles/index.ts";

export type ListEntries = BigUint64Array;

export const maxEntries = 1_000_000;
const sha256Hex = /^[0-9a-f]{64}$/;

/** The code of a value in the form in which equal ones compare equal. */
export function codeOfValue(value: string): bigint {
  return createHash("sha256").update(value).digest().readBigUInt64BE(0);
}

/** The code of a value that was hashed before the upload; undefined for what is no SHA-256 in hexadecimal. */
export function codeOfHash(value: string): bigint | undefined {
  const text = value.trim().toLowerCase();
  return sha256Hex.test(text) ? BigInt(`0x${text.slice(0, 16)}`) : undefined;
}

/** Sorted, each once. */
export function sortedEntries(codes: BigUint64Array): ListEntries {
  const sorted = codes.slice().sort();
  let kept = 0;
  for (let at = 0; at < sorted.length; at += 1) {
    const code = sorted[at] ?? 0n;
    if (at > 0 && code === sorted[at - 1]) continue;
    sorted[kept] = code;
    kept += 1;
  }
  return sorted.slice(0, kept);
}

export function uniteEntries(a: ListEntries, b: ListEntries): ListEntries {
  const all = new BigUint64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return sortedEntries(all);
}

/** The entries without these codes; the very same ones when none of them is there. */
export function withoutCodes(entries: ListEntries, codes: ReadonlySet<bigint>): ListEntries {
  if (![...codes].some((code) => hasEntry(entries, code))) return entries;
  return entries.filter((entry) => !codes.has(entry));
}

export function hasEntry(entries: ListEntries, code: bigint): boolean {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] ?? 0n) < code) low = middle + 1;
    else high = middle;
  }
  return entries[low] === code;
}

/** Codes under which a person can be in a list of this namespace. */
export function codesOf(identifiers: readonly OwnedIdentifier[], namespace: string): readonly bigint[] {
  return identifiers
    .filter(({ validTo }) => validTo === null)
    .flatMap((identifier) => {
      if (identifier.namespace === namespace) return [codeOfValue(identifier.value)];
      // Who is known by the hash of an address alone is in a list of addresses too.
      if (namespace === "email" && identifier.namespace === "email_sha256") return codeOfHash(identifier.value) ?? [];
      return [];
    });
}
