import { ClienteleError, decodeCursor, type Page, toPage } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import type { AuditEntry, AuditFilter } from "./audit-entry.ts";
import type { AccessKey } from "./key.ts";
import { type AuditRow, fromAuditRow, fromKeyRow, fromUserRow, type KeyRow, type UserRow } from "./store-rows.ts";
import type { User } from "./user.ts";

export type Transaction = Sql;
export type StoredKey = AccessKey & { readonly hash: string; readonly identitySecret: string | null };
export type StoredUser = User & { readonly password: string };
export type StoredSession = {
  readonly user: StoredUser;
  readonly csrf: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
};
type AuditHead = { readonly seq: number; readonly hash: string };

const keyColumns = `k.id, k.kind, k.name, k.hash, k.prefix, k.source_id, k.source_type, k.scopes, k.origins, k.store_views, k.identity_secret, k.rate_limit,
  k.created_at, k.created_by, k.revoked_at, k.last_used_at`;
const userColumns =
  "u.id, u.email, u.name, u.password, u.role, u.personal_data, u.store_views, u.created_at, u.disabled_at, u.last_sign_in_at";
const auditColumns =
  "a.seq, a.id, a.at, a.actor, a.via, a.action, a.object_kind, a.object_id, a.before, a.after, a.request_id, a.hash";
const changeChannel = "clientele_access";
const maxKeys = 10_000;

const toJson = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));
const iso = (ms: number) => new Date(ms).toISOString();

function keyStore(postgres: Postgres) {
  return {
    /** Every key that is not revoked. */
    activeKeys: async (): Promise<readonly StoredKey[]> => {
      const { rows } = await postgres.query<KeyRow>(
        `select ${keyColumns} from access_keys k where k.revoked_at is null order by k.id limit $1`,
        [maxKeys],
      );
      return rows.map(fromKeyRow);
    },
    listKeys: async (afterId: string | null, limit: number): Promise<readonly StoredKey[]> => {
      const { rows } = await postgres.query<KeyRow>(
        `select ${keyColumns} from access_keys k where ($1::uuid is null or k.id < $1) order by k.id desc limit $2`,
        [afterId, limit],
      );
      return rows.map(fromKeyRow);
    },
    lockKey: async (tx: Transaction, id: string): Promise<StoredKey | undefined> => {
      const { rows } = await tx.query<KeyRow>(`select ${keyColumns} from access_keys k where k.id = $1 for update`, [
        id,
      ]);
      return rows[0] && fromKeyRow(rows[0]);
    },
    /** @returns false when an active key has that name, or the same key exists */
    insertKey: async (tx: Transaction, key: StoredKey): Promise<boolean> => {
      const { rowCount } = await tx.query(
        `insert into access_keys (id, kind, name, hash, prefix, source_id, scopes, origins, store_views, identity_secret, rate_limit, created_at, created_by, source_type)
         values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9::jsonb, $10, $11, $12, $13, $14) on conflict do nothing`,
        [
          key.id,
          key.kind,
          key.name,
          key.hash,
          key.prefix,
          key.sourceId,
          toJson(key.scopes),
          toJson(key.origins),
          toJson(key.storeViews),
          key.identitySecret,
          key.rateLimit,
          key.createdAt,
          key.createdBy,
          key.sourceType,
        ],
      );
      return rowCount === 1;
    },
    updateKey: async (
      tx: Transaction,
      id: string,
      change: Pick<AccessKey, "origins" | "rateLimit" | "storeViews">,
    ): Promise<void> => {
      await tx.query(
        "update access_keys set origins = $2::jsonb, rate_limit = $3, store_views = $4::jsonb where id = $1",
        [id, toJson(change.origins), change.rateLimit, toJson(change.storeViews)],
      );
    },
    revokeKey: async (tx: Transaction, id: string, nowMs: number, actor: string): Promise<void> => {
      await tx.query("update access_keys set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null", [
        id,
        iso(nowMs),
        actor,
      ]);
    },
    markUsed: async (usedAtMsById: ReadonlyMap<string, number>): Promise<void> => {
      const rows = [...usedAtMsById].map(([id, usedAtMs]) => ({ id, at: iso(usedAtMs) }));
      await postgres.query(
        `update access_keys k set last_used_at = greatest(k.last_used_at, r.at)
         from jsonb_to_recordset($1::jsonb) as r (id uuid, at timestamptz) where k.id = r.id`,
        [JSON.stringify(rows)],
      );
    },
  };
}

function userStore(postgres: Postgres) {
  const findOne = async (sql: Sql, where: string, value: string): Promise<StoredUser | undefined> => {
    const { rows } = await sql.query<UserRow>(`select ${userColumns} from access_users u where ${where}`, [value]);
    return rows[0] && fromUserRow(rows[0]);
  };
  return {
    findUserByEmail: (email: string) => findOne(postgres, "u.email = $1", email),
    lockUser: (tx: Transaction, id: string) => findOne(tx, "u.id = $1 for update", id),
    listUsers: async (afterEmail: string | null, limit: number): Promise<readonly StoredUser[]> => {
      const { rows } = await postgres.query<UserRow>(
        `select ${userColumns} from access_users u where ($1::text is null or u.email > $1) order by u.email limit $2`,
        [afterEmail, limit],
      );
      return rows.map(fromUserRow);
    },
    /** Locks them all, so that two administrators cannot remove each other at once. */
    countAdministrators: async (tx: Transaction): Promise<number> => {
      const { rows } = await tx.query<{ id: string }>(
        "select u.id from access_users u where u.role = 'administrator' and u.disabled_at is null order by u.id for update",
        [],
      );
      return rows.length;
    },
    /** @returns false when the e-mail is taken */
    insertUser: async (tx: Transaction, user: StoredUser): Promise<boolean> => {
      const { rowCount } = await tx.query(
        `insert into access_users (id, email, name, password, role, personal_data, store_views, created_at)
         values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8) on conflict (email) do nothing`,
        [
          user.id,
          user.email,
          user.name,
          user.password,
          user.role,
          user.personalData,
          toJson(user.storeViews),
          user.createdAt,
        ],
      );
      return rowCount === 1;
    },
    updateUser: async (tx: Transaction, user: StoredUser): Promise<void> => {
      await tx.query(
        "update access_users set name = $2, password = $3, role = $4, personal_data = $5, store_views = $6::jsonb, disabled_at = $7 where id = $1",
        [user.id, user.name, user.password, user.role, user.personalData, toJson(user.storeViews), user.disabledAt],
      );
    },
    endSessionsOf: async (tx: Transaction, userId: string): Promise<void> => {
      await tx.query("delete from access_sessions where user_id = $1", [userId]);
    },
    /** Stores a session, notes the sign-in, and drops sessions that are over. */
    insertSession: async (
      tx: Transaction,
      session: { hash: string; userId: string; csrf: string; nowMs: number; expiresAtMs: number },
    ): Promise<void> => {
      await tx.query("delete from access_sessions where expires_at <= $1", [iso(session.nowMs)]);
      await tx.query(
        "insert into access_sessions (hash, user_id, csrf, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        [session.hash, session.userId, session.csrf, iso(session.nowMs), iso(session.expiresAtMs)],
      );
      await tx.query("update access_users set last_sign_in_at = $2 where id = $1", [
        session.userId,
        iso(session.nowMs),
      ]);
    },
    /** A session that runs, of a user who is not disabled. */
    findSession: async (hash: string, nowMs: number): Promise<StoredSession | undefined> => {
      const { rows } = await postgres.query<UserRow & { csrf: string; session_created_at: Date; expires_at: Date }>(
        `select ${userColumns}, s.csrf, s.created_at as session_created_at, s.expires_at
         from access_sessions s join access_users u on u.id = s.user_id where s.hash = $1 and s.expires_at > $2 and u.disabled_at is null`,
        [hash, iso(nowMs)],
      );
      const row = rows[0];
      return (
        row && {
          user: fromUserRow(row),
          csrf: row.csrf,
          createdAtMs: row.session_created_at.getTime(),
          expiresAtMs: row.expires_at.getTime(),
        }
      );
    },
    extendSession: async (hash: string, expiresAtMs: number): Promise<void> => {
      await postgres.query("update access_sessions set expires_at = $2 where hash = $1", [hash, iso(expiresAtMs)]);
    },
    deleteSession: async (hash: string): Promise<void> => {
      await postgres.query("delete from access_sessions where hash = $1", [hash]);
    },
  };
}

function auditStore(postgres: Postgres) {
  const headOf = async (sql: Sql, lock: string): Promise<AuditHead> => {
    const { rows } = await sql.query<{ seq: number; hash: string }>(
      `select h.seq, h.hash from audit_head h where h.id = 1 ${lock}`,
      [],
    );
    return { seq: rows[0]?.seq ?? 0, hash: rows[0]?.hash ?? "" };
  };
  return {
    lockAuditHead: (tx: Transaction) => headOf(tx, "for update"),
    auditHead: () => headOf(postgres, ""),
    /** Entries that follow each other, in one statement. */
    appendAuditEntries: async (tx: Transaction, entries: readonly AuditEntry[]): Promise<void> => {
      const last = entries.at(-1);
      if (!last) return;
      await tx.query(
        `insert into audit_entries (seq, id, at, actor, via, action, object_kind, object_id, before, after, request_id, hash)
         select r.seq, r.id, r.at, r.actor, r.via, r.action, r."objectKind", r."objectId", nullif(r.before, 'null'), nullif(r.after, 'null'), r."requestId", r.hash
         from jsonb_to_recordset($1::jsonb) as r (seq bigint, id uuid, at timestamptz, actor text, via text, action text, "objectKind" text,
           "objectId" text, before jsonb, after jsonb, "requestId" text, hash text)`,
        [JSON.stringify(entries)],
      );
      await tx.query("update audit_head set seq = $1, hash = $2 where id = 1", [last.seq, last.hash]);
    },
    auditAfter: async (seq: number, limit: number): Promise<readonly AuditEntry[]> => {
      const { rows } = await postgres.query<AuditRow>(
        `select ${auditColumns} from audit_entries a where a.seq > $1 order by a.seq limit $2`,
        [seq, limit],
      );
      return rows.map(fromAuditRow);
    },
    listAudit: async (filter: AuditFilter): Promise<Page<AuditEntry>> => {
      const after = filter.cursor === undefined ? undefined : decodeCursor(filter.cursor, 1);
      if (filter.cursor !== undefined && typeof after?.[0] !== "number")
        throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
      const except = filter.exceptActions ?? [];
      // Most entries are reads; written so, a page without them comes from an index that has none.
      const withoutReads = except.includes("profile.read") ? "a.action <> 'profile.read' and" : "";
      const { rows } = await postgres.query<AuditRow>(
        `select ${auditColumns} from audit_entries a
         where ${withoutReads} ($1::text is null or a.actor = $1) and ($2::text is null or a.action = $2) and ($3::text is null or a.object_kind = $3)
           and ($4::text is null or a.object_id = $4) and ($5::timestamptz is null or a.at >= $5) and ($6::timestamptz is null or a.at < $6)
           and ($7::bigint is null or a.seq < $7) and a.action <> all($9::text[])
         order by a.seq desc limit $8`,
        [
          filter.actor ?? null,
          filter.action ?? null,
          filter.objectKind ?? null,
          filter.objectId ?? null,
          filter.from ?? null,
          filter.to ?? null,
          after?.[0] ?? null,
          filter.limit + 1,
          except,
        ],
      );
      return toPage(rows.map(fromAuditRow), filter.limit, (entry) => [entry.seq]);
    },
  };
}

/** All PostgreSQL of access: keys, users, sessions, audit entries. */
export function createAccessStore(postgres: Postgres) {
  return {
    ...keyStore(postgres),
    ...userStore(postgres),
    ...auditStore(postgres),
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => postgres.transaction(work),
    touch: async (tx: Transaction): Promise<void> => {
      await tx.query("update access_changes set seq = seq + 1 where id = 1", []);
    },
    changeNumber: async (): Promise<number> => {
      const { rows } = await postgres.query<{ seq: number }>("select c.seq from access_changes c where c.id = 1", []);
      return rows[0]?.seq ?? 0;
    },
    announce: (): Promise<void> => postgres.notify(changeChannel, ""),
    listen: (handler: () => void): Promise<() => void> => postgres.listen(changeChannel, handler),
    /** Other processes may write the same database. */
    isShared: postgres.kind === "server",
  };
}

export type AccessStore = ReturnType<typeof createAccessStore>;
