/** A candidate: which document of which segment, its relevance, and its first sort key (higher stands first). */
export type Hit = { readonly segment: number; readonly doc: number; readonly score: number; readonly key: number };

/**
 * Keeps the best `limit` of any number of offers in a binary heap whose root is the worst kept.
 *
 * @param isBefore total order: true when `a` ranks above `b`
 */
export function createTopHits(limit: number, isBefore: (a: Hit, b: Hit) => boolean) {
  const heap: Hit[] = [];

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
    /** The first key below which an offer cannot be kept; −∞ while there is room. */
    threshold: (): number => (heap.length < limit ? Number.NEGATIVE_INFINITY : (heap[0]?.key ?? Number.POSITIVE_INFINITY)),
    offer(hit: Hit): void {
      if (heap.length < limit) {
        heap.push(hit);
        rise();
        return;
      }
      const worst = heap[0];
      if (!worst || !isBefore(hit, worst)) return;
      heap[0] = hit;
      sink();
    },
    /** Best first. */
    ranked: (): readonly Hit[] => [...heap].sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0)),
  };
}
