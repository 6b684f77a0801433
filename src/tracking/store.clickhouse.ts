import type { ClickHouse } from "../storage/index.ts";
import type { HourCounts } from "./detect-anomalies.ts";

const hourMs = 3_600_000;
const days = 14;

/** All ClickHouse of tracking. */
export function createVolumeStore(clickhouse: ClickHouse) {
  return {
    /** Events received in the hour that starts at `hour`, and in the same hour of the 14 days before, by source and name. */
    async countsOfHour(hour: number): Promise<readonly HourCounts[]> {
      const rows = await clickhouse.query<{ source_id: string; event_type: string; day: number; n: number }>(
        `select source_id, event_type, intDiv(dateDiff('hour', received_at, {end:DateTime64(3, 'UTC')}), 24) as day, count() as n
         from (
           select source_id, event_type, toStartOfHour(received_at) as received_at from events
           where events.received_at >= {start:DateTime64(3, 'UTC')} and events.received_at < {end:DateTime64(3, 'UTC')}
             and source_kind != 'history'
         )
         where modulo(dateDiff('hour', received_at, {end:DateTime64(3, 'UTC')}), 24) = 1
         group by source_id, event_type, day`,
        { start: toText(hour - days * 24 * hourMs), end: toText(hour + hourMs) },
      );
      const byEvent = new Map<string, { sourceId: string; type: string; counts: number[]; oldest: number }>();
      for (const row of rows) {
        const key = `${row.source_id}\0${row.event_type}`;
        const known = byEvent.get(key) ?? { sourceId: row.source_id, type: row.event_type, counts: [], oldest: 0 };
        const day = Number(row.day);
        known.counts[day] = Number(row.n);
        known.oldest = Math.max(known.oldest, day);
        byEvent.set(key, known);
      }
      return [...byEvent.values()].map(({ sourceId, type, counts, oldest }) => ({
        sourceId,
        type,
        count: counts[0] ?? 0,
        before: Array.from({ length: oldest }, (_, index) => counts[index + 1] ?? 0),
      }));
    },
  };
}

function toText(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}
