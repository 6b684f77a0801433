-- On a day, one unit of `base` was worth `rate` units of `currency`.
create table if not exists currency_rates (
  day date not null,
  base text not null,
  currency text not null,
  rate numeric not null check (rate > 0),
  primary key (day, base, currency)
);

-- Goes up with every import, so that other processes know when to read again.
create table if not exists currency_rate_changes (
  id integer primary key check (id = 1),
  version bigint not null
);
insert into currency_rate_changes (id, version) values (1, 0) on conflict (id) do nothing;
