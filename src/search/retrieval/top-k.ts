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
  /** The first key below which an offer cannot be kept; −∞ while there is room. Rises now and then. */
  readonly threshold: () => number;
  readonly offer: (segment: number, doc: number, score: number, key: number) => void;
  /** Lets go of all that cannot be kept, so that the threshold is as high as it can be. */
  readonly cut: () => void;
  /** Best first. */
  readonly ranked: () => readonly Hit[];
};

const firstRoom = 256;

/**
 * Keeps the best `limit` of any number of offers: collects twice as many in typed arrays, then lets go of the worse half.
 *
 * Costs a few nanoseconds an offer in any order; a heap of objects costs its depth for each offer that wins, and in a
 * catalog that lists old products first all of them win.
 *
 * @param isBefore total order: true when `a` ranks above `b`; a higher key always does
 */
export function createTopHits(limit: number, isBefore: (a: Hit, b: Hit) => boolean): TopHits {
  const room = Math.max(2 * limit, 64);
  let keys = new Float64Array(Math.min(room, firstRoom));
  let scores = new Float64Array(keys.length);
  let docs = new Uint32Array(keys.length);
  let segments = new Uint32Array(keys.length);
  let size = 0;
  let threshold = limit > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let isCut = false;
  const one = { segment: 0, doc: 0, score: 0, key: 0 };
  const other = { segment: 0, doc: 0, score: 0, key: 0 };

  function fill(hit: typeof one, at: number): typeof one {
    hit.segment = segments[at] ?? 0;
    hit.doc = docs[at] ?? 0;
    hit.score = scores[at] ?? 0;
    hit.key = keys[at] ?? 0;
    return hit;
  }

  function isAbove(a: number, b: number): boolean {
    const own = keys[a] as number; // both below size
    const second = keys[b] as number;
    if (own !== second) return own > second;
    return a !== b && isBefore(fill(one, a), fill(other, b));
  }

  function swap(a: number, b: number): void {
    [keys[a], keys[b]] = [keys[b] as number, keys[a] as number];
    [scores[a], scores[b]] = [scores[b] as number, scores[a] as number];
    [docs[a], docs[b]] = [docs[b] as number, docs[a] as number];
    [segments[a], segments[b]] = [segments[b] as number, segments[a] as number];
  }

  /** Quickselect: afterwards the best `limit` come first, the worst of them last. */
  function select(): void {
    let low = 0;
    let high = size - 1;
    const wanted = limit - 1;
    while (low < high) {
      placePivot(low, high);
      let store = low;
      for (let at = low; at < high; at += 1) {
        if (!isAbove(at, high)) continue;
        if (at !== store) swap(at, store);
        store += 1;
      }
      swap(store, high);
      if (store === wanted) return;
      if (store < wanted) low = store + 1;
      else high = store - 1;
    }
  }

  /** The median of three goes to the end, so that sorted offers are no worse than others. */
  function placePivot(low: number, high: number): void {
    const middle = (low + high) >>> 1;
    if (isAbove(middle, low)) swap(low, middle);
    if (isAbove(high, low)) swap(low, high);
    if (isAbove(middle, high)) swap(middle, high);
  }

  function cut(): void {
    if (limit < 1 || size < limit) return;
    select();
    size = limit;
    isCut = true;
    threshold = keys[limit - 1] as number;
  }

  function grow(): void {
    const length = Math.min(room, keys.length * 2);
    const wider = <T extends Float64Array | Uint32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    keys = wider(new Float64Array(length), keys);
    scores = wider(new Float64Array(length), scores);
    docs = wider(new Uint32Array(length), docs);
    segments = wider(new Uint32Array(length), segments);
  }

  return {
    threshold: () => threshold,
    offer(segment, doc, score, key) {
      if (key < threshold || limit < 1) return;
      if (isCut && key === threshold) {
        // As good as the worst by the first key: without this, equal keys would fill the room again and again.
        one.segment = segment;
        one.doc = doc;
        one.score = score;
        one.key = key;
        if (!isBefore(one, fill(other, limit - 1))) return;
      }
      if (size === keys.length) {
        if (size === room) cut();
        else grow();
      }
      keys[size] = key;
      scores[size] = score;
      docs[size] = doc;
      segments[size] = segment;
      size += 1;
    },
    cut,
    ranked() {
      if (size > limit) cut();
      const hits = Array.from({ length: size }, (_, at): Hit => ({ ...fill(one, at) }));
      return hits.sort((a, b) => b.key - a.key || (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));
    },
  };
}
