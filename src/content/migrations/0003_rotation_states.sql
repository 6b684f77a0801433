-- What known visitors saw of rotations. The visitor is a device as `namespace:value`, else a profile id. Of two states the one with more
-- loads is the later.
create table rotation_states (
  rotation_id text not null,
  visitor text not null,
  loads bigint not null,
  state jsonb not null,
  updated_at timestamptz not null,
  primary key (visitor, rotation_id)
);
create index rotation_states_updated_at_idx on rotation_states (updated_at);
