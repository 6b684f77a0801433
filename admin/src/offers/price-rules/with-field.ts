/** The same with another value of one field; undefined takes the field away, as the server wants absent fields absent. */
export function withField<B extends object, K extends keyof B>(body: B, name: K, value: B[K] | undefined): B {
  const { [name]: _former, ...others } = body;
  // The rest of a body together with the field is the body again; without it only where the field may be absent.
  return (value === undefined ? others : { ...others, [name]: value }) as B;
}

/** Absent instead of empty. */
export function orAbsent<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values;
}

/** A rule without conditions is the same as none; kept while it is written. */
export function hasConditions(rule: unknown): boolean {
  if (typeof rule !== "object" || rule === null) return false;
  const { all } = rule as { all?: unknown };
  return !(Array.isArray(all) && all.length === 0);
}
