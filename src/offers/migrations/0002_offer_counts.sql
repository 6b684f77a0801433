-- How often offers came, by calendar day. The profile 00000000-… stands for everybody together; those counts are spread over slots, one
-- a process, so that processes do not wait for each other.
create table if not exists offer_counts (
  profile_id uuid not null,
  offer_id uuid not null,
  -- 'decision', 'impression', 'click' or 'custom:' and a code.
  counted text not null,
  placement text not null,
  -- Days since 1970-01-01, local to the deployment.
  day integer not null,
  slot smallint not null default 0,
  n bigint not null,
  updated_at timestamptz not null,
  primary key (profile_id, offer_id, counted, placement, day, slot)
);
-- Every process reads the newest counts of everybody once a second.
create index if not exists offer_counts_totals_idx on offer_counts (updated_at)
  where profile_id = '00000000-0000-0000-0000-000000000000';
create index if not exists offer_counts_day_idx on offer_counts (day);
