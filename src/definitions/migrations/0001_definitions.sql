create table if not exists definitions (
  id uuid primary key,
  kind text not null,
  key text not null,
  name text not null,
  status text not null check (status in ('draft', 'in_review', 'scheduled', 'live', 'paused', 'ended', 'archived')),
  draft_status text check (draft_status in ('draft', 'in_review')),
  scope jsonb not null,
  schedule jsonb,
  labels jsonb not null default '[]',
  head_version integer not null,
  draft_version integer,
  live_version integer,
  -- A publication for later: a first version takes effect then, a pending one replaces the live one then.
  live_from timestamptz,
  pending_version integer,
  pending_at timestamptz,
  -- When the scheduler has to look again; null = never.
  next_change_at timestamptz,
  ever_live boolean not null default false,
  etag integer not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  unique (kind, key)
);

create index if not exists definitions_next_change_at_idx on definitions (next_change_at) where next_change_at is not null;

create table if not exists definition_versions (
  definition_id uuid not null references definitions (id) on delete cascade,
  version integer not null,
  name text not null,
  body jsonb not null,
  scope jsonb not null,
  schedule jsonb,
  author text not null,
  note text not null,
  restored_from integer,
  created_at timestamptz not null,
  primary key (definition_id, version)
);

create or replace function refuse_definition_version_change() returns trigger language plpgsql as $$
begin
  raise exception 'definition versions are immutable';
end
$$;

drop trigger if exists definition_versions_immutable on definition_versions;
create trigger definition_versions_immutable before update on definition_versions
  for each row execute function refuse_definition_version_change();

-- Which definitions a version uses; `kind` and `key` name the used one.
create table if not exists definition_references (
  definition_id uuid not null references definitions (id) on delete cascade,
  version integer not null,
  path text not null,
  kind text not null,
  key text not null,
  primary key (definition_id, version, path, kind, key)
);

create index if not exists definition_references_kind_key_idx on definition_references (kind, key);

-- One row a kind; processes reload a kind when its number has moved. A row lock orders writers by their commit.
create table if not exists definition_changes (
  kind text primary key,
  seq bigint not null
);
