-- One row: how and when runs are made, and who makes the one under way.
create table if not exists reminder_state (
  one_row boolean primary key default true check (one_row),
  settings jsonb not null,
  etag integer not null default 1,
  last_run_at timestamptz,
  claimed_by text,
  claimed_until timestamptz
);

-- Customers who may become due, and when to look at them again.
create table if not exists reminder_watch (
  profile_id uuid primary key,
  look_at timestamptz not null
);
create index if not exists reminder_watch_look_at_idx on reminder_watch (look_at, profile_id);

-- Customers in whom something changed, written in the transaction that changed them. Appended only, so that the event path never
-- waits for a run; rows are removed by their id, so the order of commits is free.
create table if not exists reminder_queue (
  reminder_queue_id bigint generated always as identity primary key,
  profile_id uuid not null,
  queued_at timestamptz not null
);
create index if not exists reminder_queue_profile_id_idx on reminder_queue (profile_id);

-- A rule that went live or changed looks at everybody once; the walk goes on where it was.
create table if not exists reminder_sweeps (
  rule_id uuid primary key,
  version integer not null,
  after_profile_id uuid,
  finished_at timestamptz
);

-- The reminders that one customer gets from one rule for one occasion.
create table if not exists reminder_sequences (
  profile_id uuid not null,
  rule_id uuid not null,
  sequence integer not null,
  version integer not null,
  first_match_at timestamptz not null,
  -- What was left, and when it was touched last: {"0": 1790000000000} by the place of the trigger in the rule.
  anchors jsonb not null,
  next_step integer not null,
  control boolean not null,
  code text,
  code_expires date,
  last_mail_at timestamptz,
  ended_at timestamptz,
  ended_reason text,
  -- The occasion stopped to hold after the end: a new one may begin.
  cleared boolean not null default false,
  primary key (profile_id, rule_id, sequence)
);
create index if not exists reminder_sequences_rule_id_idx on reminder_sequences (rule_id, first_match_at);

-- One mail of a sequence; its key is what makes it happen once.
create table if not exists reminder_mails (
  profile_id uuid not null,
  rule_id uuid not null,
  sequence integer not null,
  step integer not null,
  reminder_mail_id uuid not null unique,
  state text not null check (state in ('due', 'claimed', 'sent', 'failed', 'skipped')),
  reason text,
  due_at timestamptz not null,
  not_before timestamptz not null,
  attempts integer not null default 0,
  claims integer not null default 0,
  claim uuid,
  claimed_until timestamptz,
  settled_at timestamptz,
  store_view text,
  template text,
  address_hash text,
  primary key (profile_id, rule_id, sequence, step)
);
create index if not exists reminder_mails_waiting_idx on reminder_mails (not_before, reminder_mail_id) where state in ('due', 'claimed');
create index if not exists reminder_mails_rule_id_idx on reminder_mails (rule_id, due_at);

-- Addresses to which sending failed, as hashes.
create table if not exists reminder_addresses (
  address_hash text primary key,
  failures integer not null,
  failed_at timestamptz not null
);

create table if not exists reminder_runs (
  reminder_run_id uuid primary key,
  state text not null check (state in ('running', 'finished', 'failed', 'stopped')),
  started_at timestamptz not null,
  finished_at timestamptz,
  counts jsonb not null,
  error text
);
create index if not exists reminder_runs_started_at_idx on reminder_runs (started_at desc, reminder_run_id desc);
