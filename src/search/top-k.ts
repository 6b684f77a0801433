/** A candidate: which document of which segment, its relevance, and its first sort key (higher stands first). */
export type Hit = {
  readonly segment: number;
  readonly doc: number;
  readonly score: number;
  readonly key: number;
  /** Factor in the score for words that stand in the name; absent = 1. */
  readonly nameFactor?: number;
};

export type TopHits = {
  /** The first key below which an offer cannot be kept; −∞ while there is room. */
  readonly threshold: () => number;
  readonly offer: (segment: number, doc: number, score: number, key: number) => void;
  /** Best first. */
  readonly ranked: () => readonly Hit[];
};

/**
 * Keeps the best `limit` of any number of offers in a binary heap whose root is the worst kept.
 *
 * @param isBefore total order: true when `a` ranks above `b`
 */
export function createTopHits(limit: number, isBefore: (a: Hit, b: Hit) => boolean): TopHits {
  const heap: Hit[] = [];
  const offered = { segment: 0, doc: 0, score: 0, key: 0 };

  function sink(): void {
    let at = 0;
    for (;;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        const candidate = heap[child];
        const current = heap[worst];
        if (candidate && current && isBefore(current, candidate)) worst = child;
      }
      if (worst === at) return;
      swap(at, worst);
      at = worst;
    }
  }

  function rise(): void {
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const own = heap[at];
      const above = heap[parent];
      if (!own || !above || !isBefore(above, own)) return;
      swap(at, parent);
      at = parent;
    }
  }

  function swap(a: number, b: number): void {
    const kept = heap[a];
    const other = heap[b];
    if (!kept || !other) return;
    heap[a] = other;
    heap[b] = kept;
  }

  return {
    threshold: (): number =>
      heap.length < limit ? Number.NEGATIVE_INFINITY : (heap[0]?.key ?? Number.POSITIVE_INFINITY),
    offer(segment: number, doc: number, score: number, key: number): void {
      if (heap.length < limit) {
        heap.push({ segment, doc, score, key });
        rise();
        return;
      }
      const worst = heap[0];
      // Most offers of a long list lose: only a winner becomes an object of its own.
      offered.segment = segment;
      offered.doc = doc;
      offered.score = score;
      offered.key = key;
      if (!worst || !isBefore(offered, worst)) return;
      heap[0] = { segment, doc, score, key };
      sink();
    },
    ranked: (): readonly Hit[] => [...heap].sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0)),
  };
}
