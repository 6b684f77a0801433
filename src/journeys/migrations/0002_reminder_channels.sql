-- How a reminder goes out; of a skipped one, the first channel of its rule.
alter table reminder_mails add column if not exists channel text not null default 'email';

-- What reminders wait for in the catalog: a product to come back, a price to change. Written anew with each look.
create table if not exists reminder_interests (
  sku text not null,
  profile_id uuid not null,
  kind text not null check (kind in ('stock', 'price')),
  -- At the last look: of stock, when the product came back last, UTC ms, 0 = it has not; of a price, minor units.
  noted bigint not null,
  currency text,
  primary key (sku, profile_id, kind)
);
create index if not exists reminder_interests_profile_id_idx on reminder_interests (profile_id);
