import type { Scope } from "../http/index.ts";
import type { AuditEntry, Via } from "./audit-entry.ts";
import type { AccessKey, KeyKind, SourceType } from "./key.ts";
import type { Role, User } from "./user.ts";

export type KeyRow = {
  id: string;
  kind: KeyKind;
  name: string;
  hash: string;
  prefix: string;
  source_id: string;
  source_type: SourceType;
  scopes: readonly Scope[];
  origins: readonly string[];
  store_views: readonly string[] | null;
  identity_secret: string | null;
  rate_limit: number | null;
  created_at: Date;
  created_by: string;
  revoked_at: Date | null;
  last_used_at: Date | null;
};

export type UserRow = {
  id: string;
  email: string;
  name: string;
  password: string;
  role: Role;
  personal_data: boolean;
  store_views: readonly string[] | null;
  created_at: Date;
  disabled_at: Date | null;
  last_sign_in_at: Date | null;
};

export type AuditRow = {
  seq: number;
  id: string;
  at: Date;
  actor: string;
  via: Via;
  action: string;
  object_kind: string;
  object_id: string;
  before: object | null;
  after: object | null;
  request_id: string | null;
  hash: string;
};

const text = (time: Date | null) => time?.toISOString() ?? null;

export function fromKeyRow(row: KeyRow): AccessKey & { readonly hash: string; readonly identitySecret: string | null } {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    hash: row.hash,
    prefix: row.prefix,
    sourceId: row.source_id,
    sourceType: row.source_type,
    scopes: row.scopes,
    origins: row.origins,
    storeViews: row.store_views,
    identitySecret: row.identity_secret,
    rateLimit: row.rate_limit,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    revokedAt: text(row.revoked_at),
    lastUsedAt: text(row.last_used_at),
  };
}

export function fromUserRow(row: UserRow): User & { readonly password: string } {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    password: row.password,
    role: row.role,
    personalData: row.personal_data,
    storeViews: row.store_views,
    createdAt: row.created_at.toISOString(),
    disabledAt: text(row.disabled_at),
    lastSignInAt: text(row.last_sign_in_at),
  };
}

export function fromAuditRow(row: AuditRow): AuditEntry {
  return {
    seq: row.seq,
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor,
    via: row.via,
    action: row.action,
    objectKind: row.object_kind,
    objectId: row.object_id,
    before: row.before,
    after: row.after,
    requestId: row.request_id,
    hash: row.hash,
  };
}
