-- Pieces of offers with a hard limit. `taken` is what is held and what is confirmed: it never passes the limit.
create table if not exists offer_stock (
  offer_id uuid not null,
  -- What is counted, and in which periods.
  cap text not null,
  -- '' = all placements together.
  placement text not null,
  -- First day of the period, days since 1970-01-01; -1000000 = ever.
  period_start integer not null,
  taken bigint not null check (taken >= 0),
  updated_at timestamptz not null,
  primary key (offer_id, cap, placement, period_start)
);
create index if not exists offer_stock_updated_at_idx on offer_stock (updated_at);

-- One row a piece. A visitor has one open hold of a stock, however often the offer is decided on.
create table if not exists offer_holds (
  hold_id uuid primary key,
  offer_id uuid not null,
  cap text not null,
  placement text not null,
  period_start integer not null,
  -- A profile, a device (`anonymous_id:…`), or one call of somebody unknown.
  holder text not null,
  -- The decision that showed it last; null until the answer stands.
  decision_id text,
  status text not null check (status in ('held', 'confirmed', 'expired')),
  expires_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index if not exists offer_holds_open_idx on offer_holds (offer_id, cap, placement, period_start, holder)
  where status = 'held';
create index if not exists offer_holds_due_idx on offer_holds (expires_at) where status = 'held';
create index if not exists offer_holds_decision_id_idx on offer_holds (decision_id);
create index if not exists offer_holds_holder_idx on offer_holds (holder);
create index if not exists offer_holds_updated_at_idx on offer_holds (updated_at);

-- The personal code that came with offers of a cart price rule: one a person and rule, whatever the offer.
create table if not exists offer_codes (
  holder text not null,
  rule_key text not null,
  code text not null,
  expires date,
  created_at timestamptz not null,
  primary key (holder, rule_key)
);
