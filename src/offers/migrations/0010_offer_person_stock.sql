-- Pieces of offers with a hard limit for each person. `taken` is what is held and what is confirmed: it never passes the limit, except
-- when two persons turn out to be one, whose pieces add up.
create table if not exists offer_person_stock (
  -- A profile, or a device (`anonymous_id:…`) of which nobody is known yet.
  person text not null,
  offer_id uuid not null,
  -- What is counted, and in which periods; begins with `profile `.
  cap text not null,
  -- '' = all placements together.
  placement text not null,
  -- First day of the period, days since 1970-01-01; -1000000 = ever.
  period_start integer not null,
  taken bigint not null check (taken >= 0),
  updated_at timestamptz not null,
  primary key (person, offer_id, cap, placement, period_start)
);
-- Rows of periods that are over are looked up by it.
create index if not exists offer_person_stock_cap_idx on offer_person_stock (cap, period_start);

-- Whose limit a piece is of; null = it is of the stock of everybody.
alter table offer_holds add column if not exists person text;
create index if not exists offer_holds_person_idx on offer_holds (person) where person is not null;

-- Orders that used a code, for whoever asks what became of their codes.
create index if not exists coupon_orders_uses_idx on coupon_orders using gin (uses jsonb_path_ops);
-- Whose a code was is forgotten by the code.
create index if not exists coupon_issues_code_idx on coupon_issues (code);
