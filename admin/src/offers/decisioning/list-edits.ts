/** The list with one element replaced. */
export function replacedAt<T>(list: readonly T[], at: number, value: T): readonly T[] {
  return list.map((each, index) => (index === at ? value : each));
}

export function withoutAt<T>(list: readonly T[], at: number): readonly T[] {
  return list.filter((_, index) => index !== at);
}
