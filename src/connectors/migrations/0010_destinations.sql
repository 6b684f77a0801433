-- Other systems that get events. `position` and `item` are the next outbox row and item to look at; the rest tells how delivery goes.
create table if not exists destinations (
  destination_id uuid primary key,
  key text not null unique,
  name text not null,
  config jsonb not null,
  secrets text not null,
  status text not null check (status in ('active', 'paused')),
  etag integer not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  position bigint not null,
  item integer not null default 0,
  failures integer not null default 0,
  failing_since timestamptz,
  next_attempt_at timestamptz,
  last_error text,
  last_delivered_at timestamptz,
  delivered bigint not null default 0,
  filtered bigint not null default 0,
  dead bigint not null default 0,
  lost bigint not null default 0,
  lagging_since timestamptz,
  claimed_by text,
  claimed_until timestamptz
);

-- Events that destinations still have to get, written in the transaction of their batch. `position` is given after the commit, in
-- one order for everybody: numbers given before it would become visible out of order and a reader would pass over some.
create table if not exists destination_outbox (
  outbox_id bigint generated always as identity primary key,
  position bigint,
  created_at timestamptz not null,
  event_count integer not null,
  bytes integer not null,
  payload text not null
);
create index if not exists destination_outbox_position_idx on destination_outbox (position);

create table if not exists destination_outbox_head (
  only_row boolean primary key default true check (only_row),
  last_position bigint not null
);
insert into destination_outbox_head (last_position) values (0) on conflict do nothing;

-- What a destination refused for good, or what its backlog had no room for; `payload` holds outbox items.
create table if not exists destination_dead_letters (
  dead_letter_id uuid primary key,
  destination_id uuid not null references destinations (destination_id) on delete cascade,
  at timestamptz not null,
  code text not null,
  message text not null,
  event_count integer not null,
  bytes integer not null,
  payload text not null,
  replayed_at timestamptz
);
create index if not exists destination_dead_letters_at_idx on destination_dead_letters (destination_id, at desc, dead_letter_id desc);
