-- What people decided about an attribute, e.g. {"sortable": true}: it wins over what the shop says, and outlives the shop's next list.
create table if not exists attribute_flags (
  code text primary key,
  flags jsonb not null
);
