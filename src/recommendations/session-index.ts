// Next items from similar sessions (V-SKNN, ranking.md 5.1): products by number, sessions in time order, and for each
// product the ascending numbers of the sessions that hold it. A query walks the posting lists from their newest ends.

/** One past session: products in the order they were seen, oldest first. */
export type PastSession = { readonly skus: readonly string[]; readonly hasPurchase: boolean };

export type SessionIndex = {
  readonly sessionCount: number;
  /** What is likely next after these products (oldest first), unordered; at most 20 of them count. */
  next(skus: readonly string[]): readonly NextItem[];
};

/** `because` is the product of the running session that speaks most for this one. */
type NextItem = { readonly sku: string; readonly score: number; readonly because: string };

const maxLength = 20;
const candidateSessions = 1_000;
const neighbours = 100;
const idfWeight = 1;
const purchaseWeight = 1.5;
const maxPostings = 5_000;

type Shared = { readonly session: number; similarity: number; stepsBack: number; newest: string };

/** @param sessions oldest first */
export function createSessionIndex(sessions: readonly PastSession[]): SessionIndex {
  const sessionsOf = new Map<string, number[]>();
  for (const [number, { skus }] of sessions.entries()) {
    for (const sku of new Set(skus)) {
      const list = sessionsOf.get(sku);
      if (list) list.push(number);
      else sessionsOf.set(sku, [number]);
    }
  }
  const frequency = new Map<string, number>();
  const postings = new Map<string, Uint32Array>();
  for (const [sku, list] of sessionsOf) {
    frequency.set(sku, list.length);
    postings.set(sku, Uint32Array.from(list.slice(-maxPostings)));
  }

  /** The newest sessions that share a product, with their similarity, by merging the ends of the posting lists. */
  const findShared = (current: readonly string[]): readonly Shared[] => {
    const length = current.length;
    const weightOf = new Map(current.map((sku, at) => [sku, (at + 1) / length]));
    const lists = [...weightOf].flatMap(([sku, weight]) => {
      const list = postings.get(sku);
      return list ? [{ sku, weight, list, at: list.length - 1 }] : [];
    });
    const found: Shared[] = [];
    while (found.length < candidateSessions) {
      let newest = -1;
      for (const { list, at } of lists) newest = Math.max(newest, list[at] ?? -1);
      if (newest < 0) break;
      const shared: Shared = { session: newest, similarity: 0, stepsBack: Number.POSITIVE_INFINITY, newest: "" };
      for (const entry of lists) {
        if (entry.list[entry.at] !== newest) continue;
        entry.at -= 1;
        shared.similarity += entry.weight / weightOf.size;
        const stepsBack = length - Math.round(entry.weight * length) + 1;
        if (stepsBack < shared.stepsBack) Object.assign(shared, { stepsBack, newest: entry.sku });
      }
      found.push(shared);
    }
    return found.sort((a, b) => b.similarity - a.similarity || b.session - a.session).slice(0, neighbours);
  };

  return {
    sessionCount: sessions.length,
    next: (skus) => {
      const current = skus.slice(-maxLength);
      const scores = new Map<string, { score: number; best: number; because: string }>();
      for (const shared of findShared(current)) {
        const session = sessions[shared.session];
        if (!session) continue;
        const weight = (shared.similarity / shared.stepsBack) * (session.hasPurchase ? purchaseWeight : 1);
        for (const sku of new Set(session.skus)) {
          const entry = scores.get(sku) ?? { score: 0, best: 0, because: "" };
          entry.score += weight * (1 + idfWeight * Math.log(sessions.length / (frequency.get(sku) ?? 1)));
          if (weight > entry.best && shared.newest !== sku)
            Object.assign(entry, { best: weight, because: shared.newest });
          scores.set(sku, entry);
        }
      }
      return [...scores].map(([sku, { score, because }]) => ({ sku, score, because }));
    },
  };
}
