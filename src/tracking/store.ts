import type { Postgres } from "../storage/index.ts";
import type { Anomaly } from "./detect-anomalies.ts";
import type { Observations } from "./observe-events.ts";

export type EventStat = {
  readonly sourceId: string;
  readonly type: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly total: number;
  readonly violations: number;
  readonly shape: readonly string[];
};

export type ViolationRow = {
  readonly hour: number;
  readonly sourceId: string;
  readonly type: string;
  readonly kind: string;
  readonly path: string;
  readonly planKey: string;
  readonly count: number;
  readonly message: string;
};

export type AnomalyRow = Anomaly & { readonly hour: number; readonly foundAt: number };

type StatRow = {
  source_id: string;
  event_type: string;
  first_seen_at: Date;
  last_seen_at: Date;
  total: string | number;
  violations: string | number;
  shape: Record<string, unknown>;
};

const toStat = (row: StatRow): EventStat => ({
  sourceId: row.source_id,
  type: row.event_type,
  firstSeenAt: row.first_seen_at.getTime(),
  lastSeenAt: row.last_seen_at.getTime(),
  total: Number(row.total),
  violations: Number(row.violations),
  shape: Object.keys(row.shape).sort(),
});

const seconds = (ms: number) => ms / 1000;

/** All PostgreSQL of tracking. */
export type TrackingStore = ReturnType<typeof createTrackingStore>;

export function createTrackingStore(postgres: Postgres) {
  return {
    async add({ events, violations }: Observations): Promise<void> {
      if (events.length > 0) {
        await postgres.query(
          `insert into event_stats (source_id, event_type, first_seen_at, last_seen_at, total, violations, shape)
           select given.source_id, given.event_type, to_timestamp(given.first_at), to_timestamp(given.last_at), given.total, given.violations, given.shape
           from jsonb_to_recordset($1::jsonb) as given(source_id text, event_type text, first_at double precision, last_at double precision,
             total bigint, violations bigint, shape jsonb)
           order by given.source_id, given.event_type
           on conflict (source_id, event_type) do update set
             first_seen_at = least(event_stats.first_seen_at, excluded.first_seen_at),
             last_seen_at = greatest(event_stats.last_seen_at, excluded.last_seen_at),
             total = event_stats.total + excluded.total,
             violations = event_stats.violations + excluded.violations,
             shape = event_stats.shape || excluded.shape`,
          [
            JSON.stringify(
              events.map((event) => ({
                source_id: event.sourceId,
                event_type: event.type,
                first_at: seconds(event.firstAt),
                last_at: seconds(event.lastAt),
                total: event.total,
                violations: event.violations,
                shape: Object.fromEntries([...event.shape].map((entry) => [entry, 1])),
              })),
            ),
          ],
        );
      }
      if (violations.length > 0) {
        await postgres.query(
          `insert into plan_violations (hour, source_id, event_type, kind, path, plan_key, count, message)
           select to_timestamp(given.hour), given.source_id, given.event_type, given.kind, given.path, given.plan_key, given.count, given.message
           from jsonb_to_recordset($1::jsonb) as given(hour double precision, source_id text, event_type text, kind text, path text, plan_key text,
             count bigint, message text)
           order by given.hour, given.source_id, given.event_type, given.kind, given.path, given.plan_key
           on conflict (hour, source_id, event_type, kind, path, plan_key) do update set count = plan_violations.count + excluded.count`,
          [
            JSON.stringify(
              violations.map(({ hour, sourceId, type, kind, path, planKey, count, message }) => ({
                hour: seconds(hour),
                source_id: sourceId,
                event_type: type,
                kind,
                path,
                plan_key: planKey,
                count,
                message,
              })),
            ),
          ],
        );
      }
    },

    /** Events by source and name, after the given pair in that order. */
    async listStats(
      sourceId: string | null,
      after: readonly [string, string] | null,
      limit: number,
    ): Promise<readonly EventStat[]> {
      const { rows } = await postgres.query<StatRow>(
        `select s.source_id, s.event_type, s.first_seen_at, s.last_seen_at, s.total, s.violations, s.shape from event_stats s
         where ($1::text is null or s.source_id = $1) and ($2::text is null or (s.source_id, s.event_type) > ($2, $3))
         order by s.source_id, s.event_type limit $4`,
        [sourceId, after?.[0] ?? null, after?.[1] ?? null, limit],
      );
      return rows.map(toStat);
    },

    async findStat(sourceId: string, type: string): Promise<EventStat | undefined> {
      const { rows } = await postgres.query<StatRow>(
        `select s.source_id, s.event_type, s.first_seen_at, s.last_seen_at, s.total, s.violations, s.shape from event_stats s
         where s.source_id = $1 and s.event_type = $2`,
        [sourceId, type],
      );
      return rows[0] && toStat(rows[0]);
    },

    /** Violations since a time, most frequent first, hours added up. */
    async violationsSince(
      since: number,
      sourceId: string | null,
      type: string | null,
      limit: number,
    ): Promise<readonly ViolationRow[]> {
      const { rows } = await postgres.query<{
        hour: Date;
        source_id: string;
        event_type: string;
        kind: string;
        path: string;
        plan_key: string;
        count: string;
        message: string;
      }>(
        `select max(v.hour) as hour, v.source_id, v.event_type, v.kind, v.path, v.plan_key, sum(v.count)::bigint as count, max(v.message) as message
         from plan_violations v
         where v.hour >= to_timestamp($1) and ($2::text is null or v.source_id = $2) and ($3::text is null or v.event_type = $3)
         group by v.source_id, v.event_type, v.kind, v.path, v.plan_key
         order by sum(v.count) desc, v.source_id, v.event_type, v.kind, v.path limit $4`,
        [seconds(since), sourceId, type, limit],
      );
      return rows.map((row) => ({
        hour: row.hour.getTime(),
        sourceId: row.source_id,
        type: row.event_type,
        kind: row.kind,
        path: row.path,
        planKey: row.plan_key,
        count: Number(row.count),
        message: row.message,
      }));
    },

    async addAnomalies(hour: number, foundAt: number, anomalies: readonly Anomaly[]): Promise<void> {
      await postgres.query(
        `insert into volume_anomalies (hour, source_id, event_type, count, expected, deviation, found_at)
         select to_timestamp($1), given.source_id, given.event_type, given.count, given.expected, given.deviation, to_timestamp($2)
         from jsonb_to_recordset($3::jsonb) as given(source_id text, event_type text, count bigint, expected double precision, deviation double precision)
         on conflict (hour, source_id, event_type) do nothing`,
        [
          seconds(hour),
          seconds(foundAt),
          JSON.stringify(
            anomalies.map(({ sourceId, type, count, expected, deviation }) => ({
              source_id: sourceId,
              event_type: type,
              count,
              expected,
              deviation,
            })),
          ),
        ],
      );
    },

    async listAnomalies(since: number, limit: number): Promise<readonly AnomalyRow[]> {
      const { rows } = await postgres.query<{
        hour: Date;
        source_id: string;
        event_type: string;
        count: string;
        expected: number;
        deviation: number;
        found_at: Date;
      }>(
        `select a.hour, a.source_id, a.event_type, a.count, a.expected, a.deviation, a.found_at from volume_anomalies a
         where a.hour >= to_timestamp($1) order by a.hour desc, abs(a.deviation) desc, a.source_id, a.event_type limit $2`,
        [seconds(since), limit],
      );
      return rows.map((row) => ({
        hour: row.hour.getTime(),
        sourceId: row.source_id,
        type: row.event_type,
        count: Number(row.count),
        expected: row.expected,
        deviation: row.deviation,
        foundAt: row.found_at.getTime(),
      }));
    },

    async forget(before: number): Promise<void> {
      await postgres.query("delete from plan_violations where hour < to_timestamp($1)", [seconds(before)]);
      await postgres.query("delete from volume_anomalies where hour < to_timestamp($1)", [seconds(before)]);
    },
  };
}
