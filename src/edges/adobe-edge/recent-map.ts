/** A map that forgets the least recently written entries beyond its size, and entries beyond their age. */
export type RecentMap<V> = {
  readonly get: (key: string) => V | undefined;
  readonly set: (key: string, value: V) => void;
  readonly delete: (key: string) => void;
  readonly size: () => number;
};

export function createRecentMap<V>(capacity: number, maxAgeMs: number, now: () => number): RecentMap<V> {
  const entries = new Map<string, { readonly value: V; readonly at: number }>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (now() - entry.at <= maxAgeMs) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, { value, at: now() });
      if (entries.size <= capacity) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
    delete: (key) => void entries.delete(key),
    size: () => entries.size,
  };
}
