/** FNV-1a, 32 bit, over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash;
}

/**
 * The bucketing hash, equal to the server's (conformance/bucketing.json).
 *
 * @returns a point in [0, 1), a multiple of 1/10000; the same for the same seed and value everywhere
 */
export function bucket(seed: string, value: string): number {
  return (fnv1a(String(fnv1a(seed + value))) % 10000) / 10000;
}
