import type { LearnedSession } from "./learners/index.ts";
import type { EndedSession } from "./store-sessions.clickhouse.ts";

const isSame = (a: EndedSession, b: EndedSession) =>
  a.endedAt === b.endedAt && a.hasPurchase === b.hasPurchase && a.items.length === b.items.length;

/** Ended sessions by key: one that is read again takes the place of what it was. */
export function createSessionCollection() {
  const sessions = new Map<number, EndedSession>();
  const names = new Map<string, string>();
  const shared = (name: string): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, name);
    return name;
  };

  return {
    clear: (): void => {
      sessions.clear();
      names.clear();
    },
    /** @returns how many are new or different */
    add: (page: readonly EndedSession[]): number => {
      let changed = 0;
      for (const session of page) {
        const known = sessions.get(session.key);
        if (known && isSame(known, session)) continue;
        sessions.set(session.key, { ...session, items: session.items.map(shared) });
        changed += 1;
      }
      return changed;
    },
    all: (): readonly EndedSession[] => [...sessions.values()],
    /** The newest ones, oldest first; older ones are let go. */
    newest: (limit: number): readonly LearnedSession[] => {
      const sorted = [...sessions.values()].sort((a, b) => a.endedAt - b.endedAt || a.key - b.key);
      for (const { key } of sorted.slice(0, Math.max(0, sorted.length - limit))) sessions.delete(key);
      return sorted.slice(-limit);
    },
  };
}
