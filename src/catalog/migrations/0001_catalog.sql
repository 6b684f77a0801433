-- One sequence orders every change of the catalog; writers hold an advisory lock, so its order is the order of commits
-- and a reader that asks for everything after n never misses one.
create sequence if not exists catalog_changes;

create table if not exists products (
  sku text primary key,
  parent_sku text,
  data jsonb not null,
  detail jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  change_seq bigint not null,
  -- A tombstone tells the other processes; it is removed after 30 days.
  deleted boolean not null default false
);

create index if not exists products_change_seq_idx on products (change_seq);
create index if not exists products_parent_sku_idx on products (parent_sku) where parent_sku is not null;

create table if not exists categories (
  path text primary key,
  data jsonb not null
);

create table if not exists attribute_metas (
  code text primary key,
  data jsonb not null
);

-- The last change of the small lists, which are read as a whole.
create table if not exists catalog_lists (
  name text primary key,
  change_seq bigint not null
);
