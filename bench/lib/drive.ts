import { type Connection, openConnection } from "./connection.ts";
import { ascending, quantile } from "./quantile.ts";

export type DriveOptions = {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second, whatever the answers take; null = each connection sends as soon as it has its answer. */
  readonly perSecond: number | null;
  /** Stops earlier after so many requests. */
  readonly maxRequests?: number;
};

/** Times in milliseconds; with a rate they count from when a request was due, so that a stalled server is not flattered. */
export type DriveResult = {
  readonly requests: number;
  readonly failed: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
};

/** Sends what `next` returns over keep-alive connections and measures the answers. An answer other than 200 is a failure. */
export async function drive(next: () => string, options: DriveOptions): Promise<DriveResult> {
  const { connections, perSecond, maxRequests = Number.POSITIVE_INFINITY } = options;
  const pool = await Promise.all(Array.from({ length: connections }, () => openConnection(options.port)));
  const times: number[] = [];
  let failed = 0;
  let started = 0;
  const startedAt = performance.now();
  const endAt = startedAt + options.seconds * 1000;
  const intervalMs = perSecond === null ? 0 : 1000 / perSecond;

  const run = async (connection: Connection): Promise<void> => {
    for (;;) {
      const dueAt = perSecond === null ? performance.now() : startedAt + started * intervalMs;
      if (dueAt >= endAt || started >= maxRequests) return;
      started += 1;
      const earlyMs = dueAt - performance.now();
      if (earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs));
      const { status } = await connection.send(next());
      times.push(performance.now() - dueAt);
      if (status !== 200) failed += 1;
    }
  };
  await Promise.all(pool.map(run));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of pool) connection.close();
  const sorted = ascending(times);
  return {
    requests: times.length,
    failed,
    seconds,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}
