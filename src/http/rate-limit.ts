/** A token bucket for each key: `ratePerSecond` requests a second on average, twice that in a burst. */
export type RateLimiter = {
  /** @returns 0 when the request may pass, else the seconds until the next one may */
  readonly take: (keyId: string, ratePerSecond: number, nowMs: number) => number;
};

type Bucket = { tokens: number; atMs: number };

/** @param maxKeys buckets kept; the oldest is dropped (and so refilled) beyond it */
export function createRateLimiter(maxKeys = 10_000): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take: (keyId, ratePerSecond, nowMs) => {
      const capacity = Math.max(1, ratePerSecond * 2);
      let bucket = buckets.get(keyId);
      if (!bucket) {
        bucket = { tokens: capacity, atMs: nowMs };
        if (buckets.size >= maxKeys) {
          const oldest = buckets.keys().next().value;
          if (oldest !== undefined) buckets.delete(oldest);
        }
        buckets.set(keyId, bucket);
      }
      const elapsedSeconds = Math.max(0, nowMs - bucket.atMs) / 1000;
      bucket.tokens = Math.min(capacity, bucket.tokens + elapsedSeconds * ratePerSecond);
      bucket.atMs = nowMs;
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
      }
      return Math.max(1, Math.ceil((1 - bucket.tokens) / ratePerSecond));
    },
  };
}
