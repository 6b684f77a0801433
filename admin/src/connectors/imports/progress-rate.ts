/** How fast an import goes and how long it still takes, from the readings of the last while. Pure. */
export type Reading = { readonly atMs: number; readonly bytes: number; readonly rows: number };
export type Rate = { readonly rowsPerSecond: number; readonly leftMs: number | null };

/** An import that waits for the processor goes in bursts; shorter windows make the figures jump. */
const windowMs = 30_000;
const keptReadings = 100;

/** The readings with a new one; one that went back (a new run) begins anew. */
export function withReading(readings: readonly Reading[], next: Reading): readonly Reading[] {
  const last = readings.at(-1);
  if (last && (next.bytes < last.bytes || next.rows < last.rows)) return [next];
  if (last && next.atMs <= last.atMs) return readings;
  return [...readings, next].filter(({ atMs }) => next.atMs - atMs <= windowMs).slice(-keptReadings);
}

/** @returns null while there is nothing to tell it from */
export function rateOf(readings: readonly Reading[], bytesTotal: number): Rate | null {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return null;
  const seconds = (last.atMs - first.atMs) / 1000;
  const bytesPerSecond = (last.bytes - first.bytes) / seconds;
  return {
    rowsPerSecond: (last.rows - first.rows) / seconds,
    leftMs: bytesPerSecond > 0 ? (Math.max(0, bytesTotal - last.bytes) / bytesPerSecond) * 1000 : null,
  };
}
