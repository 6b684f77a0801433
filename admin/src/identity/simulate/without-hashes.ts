/** Hashes of e-mail addresses always go with their address, so they only say the same again; unless they stand alone. */
export function withoutHashes<T extends { readonly namespace: string | null }>(all: readonly T[]): readonly T[] {
  if (!all.some(({ namespace }) => namespace === "email")) return all;
  return all.filter(({ namespace }) => namespace !== "email_sha256");
}
