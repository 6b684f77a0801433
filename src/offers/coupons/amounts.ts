// What orders hold of counters, as lists of amounts: sums, differences and their order.

export const counterKinds = ["rule", "spend", "code", "customer"] as const;
export type CounterKind = (typeof counterKinds)[number];

/** One counter. `item` is the rule, rule and currency, code, or customer, by kind. */
export type Counter = { readonly kind: CounterKind; readonly ruleKey: string; readonly item: string };
/** So much of a counter: orders, for `spend` minor units. */
export type Amount = Counter & { readonly n: number };

export function counterKey({ kind, ruleKey, item }: Counter): string {
  return `${counterKinds.indexOf(kind)}\0${ruleKey}\0${item}`;
}

/** The order in which counters are locked: rules before codes before customers, so that no two orders wait for each other. */
export function inLockOrder<C extends Counter>(counters: readonly C[]): readonly C[] {
  return counters
    .map((counter) => ({ counter, key: counterKey(counter) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ counter }) => counter);
}

/** Amounts by key; of several of one counter their sum, without zeros. */
function sumUp(amounts: readonly Amount[]): readonly Amount[] {
  const byKey = new Map<string, Amount>();
  for (const amount of amounts) {
    const key = counterKey(amount);
    byKey.set(key, { ...amount, n: amount.n + (byKey.get(key)?.n ?? 0) });
  }
  return inLockOrder([...byKey.values()].filter(({ n }) => n !== 0));
}

export function plus(...lists: readonly (readonly Amount[])[]): readonly Amount[] {
  return sumUp(lists.flat());
}

export function negative(amounts: readonly Amount[]): readonly Amount[] {
  return amounts.map((amount) => ({ ...amount, n: -amount.n }));
}

/** `a` without `b`; may be negative. */
export function minus(a: readonly Amount[], b: readonly Amount[]): readonly Amount[] {
  return plus(a, negative(b));
}

export function positivePart(amounts: readonly Amount[]): readonly Amount[] {
  return amounts.filter(({ n }) => n > 0);
}

/** What two lists of positive amounts have in common. */
export function common(a: readonly Amount[], b: readonly Amount[]): readonly Amount[] {
  const other = new Map(b.map((amount) => [counterKey(amount), amount.n]));
  return positivePart(a.map((amount) => ({ ...amount, n: Math.min(amount.n, other.get(counterKey(amount)) ?? 0) })));
}

export function amountOf(amounts: readonly Amount[], counter: Counter): number {
  const key = counterKey(counter);
  return amounts.find((amount) => counterKey(amount) === key)?.n ?? 0;
}
