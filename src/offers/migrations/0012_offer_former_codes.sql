-- Codes of people who had another one of the same rule when it turned out that they are one: no offer shows them any more, and they
-- are still theirs.
create table if not exists offer_former_codes (
  holder text not null,
  code text not null,
  rule_key text not null,
  expires date,
  created_at timestamptz not null,
  primary key (holder, code)
);

-- Who persons with limits of their own became, for calls of processes that have not heard of it yet; an hour long.
create table if not exists offer_person_moves (
  loser text not null primary key,
  survivor text not null,
  moved_at timestamptz not null
);
create index if not exists offer_person_moves_survivor_idx on offer_person_moves (survivor);
