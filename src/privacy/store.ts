import type { Person } from "../profiles/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import type { ErasureMode, ErasureStep, PrivacyRequest, RequestStatus } from "./request.ts";

type RequestRow = {
  request_id: string;
  mode: ErasureMode;
  status: RequestStatus;
  step: ErasureStep;
  profile_id: string | null;
  person: Person | null;
  counts: Record<string, number>;
  reason: string;
  requested_by: string;
  created_at: Date;
  updated_at: Date;
  finished_at: Date | null;
  attempts: number;
  error_code: string | null;
};

export type NewRequest = {
  readonly requestId: string;
  readonly mode: ErasureMode;
  readonly profileId: string | null;
  readonly person: Person | null;
  readonly reason: string;
  readonly requestedBy: string;
  readonly sourceEvent?: string;
  readonly at: number;
};

const columns = `r.request_id, r.mode, r.status, r.step, r.profile_id, r.person, r.counts, r.reason, r.requested_by, r.created_at, r.updated_at,
  r.finished_at, r.attempts, r.error_code`;
/** Tables of this capability that hold personal data for a time. */
export const personalPrivacyTables = [
  "privacy_requests",
  "suppressed_identifiers",
  "consent_history",
  "trait_corrections",
] as const;

const toRequest = (row: RequestRow): PrivacyRequest => ({
  requestId: row.request_id,
  mode: row.mode,
  status: row.status,
  step: row.step,
  profileId: row.profile_id,
  person: row.person,
  counts: row.counts,
  reason: row.reason,
  requestedBy: row.requested_by,
  createdAt: row.created_at.getTime(),
  updatedAt: row.updated_at.getTime(),
  finishedAt: row.finished_at?.getTime() ?? null,
  attempts: row.attempts,
  errorCode: row.error_code,
});

/** Requests of persons. Functions with a `tx` run inside the caller's transaction. */
export function createRequestStore(postgres: Postgres) {
  const one = async (where: string, value: string): Promise<PrivacyRequest | undefined> => {
    const { rows } = await postgres.query<RequestRow>(
      `select ${columns} from privacy_requests r where ${where} order by r.created_at desc limit 1`,
      [value],
    );
    return rows[0] && toRequest(rows[0]);
  };
  return {
    transaction: <T>(work: (tx: Sql) => Promise<T>) => postgres.transaction(work),
    isShared: postgres.kind === "server",
    scrub: postgres.scrub,
    notify: postgres.notify,
    listen: postgres.listen,

    /** @returns false when the event has asked before */
    async insert(tx: Sql, request: NewRequest): Promise<boolean> {
      const { rowCount } = await tx.query(
        `insert into privacy_requests (request_id, mode, status, step, profile_id, person, reason, requested_by, source_event, created_at, updated_at, next_attempt_at)
         select $1, $2, 'initialized', 'find', $3, $4::jsonb, $5, $6, $7, given.at, given.at, given.at
         from (select to_timestamp($8::double precision / 1000) as at) given on conflict do nothing`,
        [
          request.requestId,
          request.mode,
          request.profileId,
          request.person === null ? null : JSON.stringify(request.person),
          request.reason,
          request.requestedBy,
          request.sourceEvent ?? null,
          request.at,
        ],
      );
      return rowCount === 1;
    },

    find: (requestId: string) => one("r.request_id = $1", requestId),
    /** The newest request about a profile. */
    latestOf: (profileId: string) => one("r.profile_id = $1", profileId),

    /** Newest first. */
    async list(
      filter: { readonly status: RequestStatus | null },
      limit: number,
      before: { readonly at: number; readonly id: string } | null,
    ): Promise<readonly PrivacyRequest[]> {
      const { rows } = await postgres.query<RequestRow>(
        `select ${columns} from privacy_requests r
         where ($1::text is null or r.status = $1)
           and ($2::double precision is null or (r.created_at, r.request_id) < (to_timestamp($2::double precision / 1000), $3::uuid))
         order by r.created_at desc, r.request_id desc limit $4`,
        [filter.status, before?.at ?? null, before?.id ?? null, limit],
      );
      return rows.map(toRequest);
    },

    /** Takes requests that are due: new ones, those to be tried again, those whose worker died. */
    async claim(worker: string, now: number, leaseMs: number, limit: number): Promise<readonly PrivacyRequest[]> {
      const { rows } = await postgres.query<RequestRow>(
        `update privacy_requests r set status = 'running', claimed_by = $1, updated_at = to_timestamp($2::double precision / 1000),
           claimed_until = to_timestamp(($2::double precision + $3::double precision) / 1000)
         where r.request_id in (
           select due.request_id from privacy_requests due
           where due.status in ('initialized', 'running', 'partial') and due.next_attempt_at <= to_timestamp($2::double precision / 1000)
             and (due.claimed_until is null or due.claimed_until < to_timestamp($2::double precision / 1000) or due.claimed_by = $1)
           order by due.created_at, due.request_id limit $4 for update skip locked)
         returning ${columns}`,
        [worker, now, leaseMs, limit],
      );
      return rows.map(toRequest).sort((a, b) => a.createdAt - b.createdAt || (a.requestId < b.requestId ? -1 : 1));
    },

    /** Frees every claim: right at the start of the only process. */
    async releaseClaims(): Promise<void> {
      await postgres.query("update privacy_requests set claimed_until = null where claimed_until is not null");
    },

    /** Notes how far a request has come. @returns false when another worker has taken it over */
    async progress(
      requestId: string,
      change: {
        readonly step: ErasureStep;
        readonly person?: Person;
        readonly counts: Readonly<Record<string, number>>;
        readonly at: number;
        readonly leaseMs: number;
        readonly worker: string;
      },
      sql: Sql = postgres,
    ): Promise<boolean> {
      const { rowCount } = await sql.query(
        `update privacy_requests set step = $2, person = coalesce($3::jsonb, person), counts = $4::jsonb,
           updated_at = to_timestamp($5::double precision / 1000), claimed_until = to_timestamp(($5::double precision + $6::double precision) / 1000)
         where request_id = $1 and claimed_by = $7`,
        [
          requestId,
          change.step,
          change.person === undefined ? null : JSON.stringify(change.person),
          JSON.stringify(change.counts),
          change.at,
          change.leaseMs,
          change.worker,
        ],
      );
      return rowCount === 1;
    },

    /** The person is not needed any more: what identified them goes, before the last bytes are cleaned. */
    async forgetPersons(requestIds: readonly string[]): Promise<void> {
      await postgres.query("update privacy_requests set person = null where request_id = any($1::uuid[])", [
        requestIds,
      ]);
    },

    async end(
      requestId: string,
      worker: string,
      status: RequestStatus,
      at: number,
      errorCode: string | null = null,
    ): Promise<void> {
      await postgres.query(
        `update privacy_requests set status = $2, step = case when $2 = 'finished' then 'done' else step end, person = null, error_code = $4,
           updated_at = to_timestamp($3::double precision / 1000), finished_at = to_timestamp($3::double precision / 1000), claimed_until = null
         where request_id = $1 and claimed_by = $5`,
        [requestId, status, at, errorCode, worker],
      );
    },

    /** A failed attempt: again at `nextAt`, or never when null. The person stays, for it is needed again. */
    async fail(
      requestId: string,
      worker: string,
      status: RequestStatus,
      errorCode: string,
      at: number,
      nextAt: number | null,
    ): Promise<void> {
      await postgres.query(
        `update privacy_requests set status = $2, error_code = $3, attempts = attempts + 1, claimed_until = null,
           updated_at = to_timestamp($4::double precision / 1000), next_attempt_at = to_timestamp(coalesce($5::double precision, $4::double precision) / 1000)
         where request_id = $1 and claimed_by = $6`,
        [requestId, status, errorCode, at, nextAt, worker],
      );
    },

    /** @returns false when the request has not failed */
    async restart(tx: Sql, requestId: string, at: number): Promise<boolean> {
      const { rowCount } = await tx.query(
        `update privacy_requests set status = 'initialized', attempts = 0, error_code = null, claimed_until = null,
           updated_at = to_timestamp($2::double precision / 1000), next_attempt_at = to_timestamp($2::double precision / 1000)
         where request_id = $1 and status = 'failed'`,
        [requestId, at],
      );
      return rowCount === 1;
    },

    async countEnded(before: number): Promise<number> {
      const { rows } = await postgres.query<{ n: number }>(
        "select count(*) as n from privacy_requests r where r.finished_at < to_timestamp($1::double precision / 1000)",
        [before],
      );
      return Number(rows[0]?.n ?? 0);
    },

    /** Forgets requests that ended before a time. */
    async forget(before: number): Promise<number> {
      const { rowCount } = await postgres.query(
        "delete from privacy_requests where finished_at < to_timestamp($1::double precision / 1000)",
        [before],
      );
      return rowCount;
    },
  };
}

export type RequestStore = ReturnType<typeof createRequestStore>;
