-- Variants of content: what was asked for, with its source and the exact prompt, and each proposed text with what became of it.
create table content_variation_runs (
  id uuid primary key,
  block_key text not null,
  source_version integer not null,
  field text not null,
  source_text text not null,
  audience_key text,
  -- What the model was told of the audience; never anything of a person.
  audience_text text not null,
  store_views jsonb,
  locale text not null,
  instructions text not null,
  wanted integer not null,
  status text not null check (status in ('running', 'done', 'failed')),
  -- Null for variants written by hand.
  prompt jsonb,
  model text,
  prompt_tokens integer,
  completion_tokens integer,
  error_code text,
  error_message text,
  brand_rules jsonb not null,
  created_at timestamptz not null,
  created_by text not null,
  finished_at timestamptz
);
create index content_variation_runs_created_at_idx on content_variation_runs (created_at desc, id desc);
create index content_variation_runs_block_key_idx on content_variation_runs (block_key, created_at desc);

create table content_variations (
  id uuid primary key,
  run_id uuid not null references content_variation_runs (id) on delete cascade,
  position integer not null,
  content text not null,
  origin text not null check (origin in ('model', 'manual', 'edited')),
  -- As the model wrote it, where a person changed it.
  original_content text,
  state text not null check (state in ('proposed', 'accepted', 'rejected', 'applied')),
  faults jsonb not null,
  note text not null,
  etag integer not null,
  applied_version integer,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  unique (run_id, position)
);
