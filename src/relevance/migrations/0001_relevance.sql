-- Queries whose answers people judge, to see whether a change of search makes it better.
create table if not exists relevance_sets (
  key text primary key,
  name text not null,
  description text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- How well a product answers a query: 0 not at all, 3 perfectly. `query_key` is the query as searches compare it.
create table if not exists relevance_judgements (
  set_key text not null references relevance_sets (key) on delete cascade,
  query_key text not null,
  sku text not null,
  query text not null,
  grade smallint not null check (grade between 0 and 3),
  judged_by text not null,
  judged_at timestamptz not null default now(),
  primary key (set_key, query_key, sku)
);

-- How good the live search was at one time.
create table if not exists relevance_runs (
  id uuid primary key,
  set_key text not null references relevance_sets (key) on delete cascade,
  ran_at timestamptz not null,
  ran_by text not null,
  ndcg double precision not null,
  judged_share double precision not null,
  zero_result_share double precision not null,
  queries integer not null
);
create index if not exists relevance_runs_by_set on relevance_runs (set_key, ran_at desc, id desc);
