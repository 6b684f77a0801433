-- Write keys and tokens. Only the hash of a key is kept; the key is 32 random bytes, so a fast hash is safe.
create table if not exists access_keys (
  id uuid primary key,
  kind text not null check (kind in ('write', 'token')),
  name text not null,
  hash text not null unique,
  prefix text not null,
  source_id text not null,
  scopes jsonb not null,
  origins jsonb not null,
  store_views jsonb,
  -- Needed in clear to check identity tokens; it leaves the server once, when the key is made.
  identity_secret text,
  rate_limit integer,
  created_at timestamptz not null,
  created_by text not null,
  revoked_at timestamptz,
  revoked_by text,
  last_used_at timestamptz
);

create unique index if not exists access_keys_name_idx on access_keys (name) where revoked_at is null;

create table if not exists access_users (
  id uuid primary key,
  email text not null unique,
  name text not null,
  password text not null,
  role text not null check (role in ('viewer', 'editor', 'approver', 'administrator')),
  personal_data boolean not null,
  store_views jsonb,
  created_at timestamptz not null,
  disabled_at timestamptz,
  last_sign_in_at timestamptz
);

create table if not exists access_sessions (
  hash text primary key,
  user_id uuid not null references access_users (id) on delete cascade,
  csrf text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create index if not exists access_sessions_user_id_idx on access_sessions (user_id);

-- Processes reload the keys when the number has moved.
create table if not exists access_changes (
  id integer primary key check (id = 1),
  seq bigint not null
);
insert into access_changes (id, seq) values (1, 0) on conflict do nothing;

-- Append-only, each entry hashed together with the hash of the one before.
create table if not exists audit_entries (
  seq bigint primary key,
  id uuid not null unique,
  at timestamptz not null,
  actor text not null,
  via text not null,
  action text not null,
  object_kind text not null,
  object_id text not null,
  before jsonb,
  after jsonb,
  request_id text,
  hash text not null
);

create index if not exists audit_entries_object_idx on audit_entries (object_kind, object_id, seq);
create index if not exists audit_entries_actor_idx on audit_entries (actor, seq);

create table if not exists audit_head (
  id integer primary key check (id = 1),
  seq bigint not null,
  hash text not null
);
insert into audit_head (id, seq, hash) values (1, 0, '') on conflict do nothing;

create or replace function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit entries are append-only';
end
$$;

drop trigger if exists audit_entries_append_only on audit_entries;
create trigger audit_entries_append_only before update or delete or truncate on audit_entries
  for each statement execute function refuse_audit_change();
