type Patch<B> = { readonly [K in keyof B]?: B[K] | undefined };

/** A body with some of its fields changed; undefined takes a field away, since the server knows no field without a value. */
export function patched<B extends object>(body: B, patch: Patch<B>): B {
  const next = Object.entries({ ...body, ...patch }).filter(([, value]) => value !== undefined);
  // Only fields of B with values of B are left; that required ones are not taken away is up to the caller.
  return Object.fromEntries(next) as B;
}
