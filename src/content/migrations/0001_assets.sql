-- The library of pictures: what is known of each. The bytes lie outside the database, under their SHA-256.
create table asset_changes (
  id smallint primary key check (id = 1),
  seq bigint not null
);
insert into asset_changes (id, seq) values (1, 0);

create table assets (
  id uuid primary key,
  name text not null,
  folder text not null,
  tags jsonb not null,
  alt jsonb not null,
  focal_x double precision,
  focal_y double precision,
  -- A deleted asset keeps its row: its address answers 410, and other processes learn of it.
  status text not null check (status in ('active', 'archived', 'deleted')),
  rights_from timestamptz,
  rights_until timestamptz,
  rights_note text not null,
  version integer not null,
  etag integer not null,
  change_seq bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  check ((focal_x is null) = (focal_y is null)),
  check (rights_from is null or rights_until is null or rights_from < rights_until)
);
create index assets_created_at_idx on assets (created_at desc, id desc) where status <> 'deleted';
create index assets_change_seq_idx on assets (change_seq);
create index assets_rights_until_idx on assets (rights_until) where rights_until is not null and status = 'active';

create table asset_versions (
  asset_id uuid not null references assets (id),
  version integer not null,
  sha256 text not null,
  -- Of the file as it was sent: the stored one was written anew without its metadata.
  upload_sha256 text not null,
  format text not null,
  bytes bigint not null,
  width integer not null,
  height integer not null,
  frames integer not null,
  file_name text not null,
  note text not null,
  restored_from integer,
  created_at timestamptz not null,
  created_by text not null,
  primary key (asset_id, version)
);
create index asset_versions_sha256_idx on asset_versions (sha256);
create index asset_versions_upload_sha256_idx on asset_versions (upload_sha256);
