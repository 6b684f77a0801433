-- An order of entries and exits in which nothing appears behind what was read: ids are given before the commit, so a lower one may
-- become visible after a higher one. The number of the writing transaction settles it: below the oldest one under way all is there.
-- `shift` keeps positions growing after the rows were loaded into another server, whose transactions are numbered from the start.
create table if not exists audience_transition_clock (
  id integer primary key check (id = 1),
  shift bigint not null
);
insert into audience_transition_clock (id, shift) values (1, 0) on conflict do nothing;

create or replace function audience_transition_position() returns bigint language sql volatile as $$
  select pg_current_xact_id()::text::bigint + c.shift from audience_transition_clock c where c.id = 1
$$;

alter table audience_transitions add column if not exists position bigint not null default audience_transition_position();
create index if not exists audience_transitions_position_idx
  on audience_transitions (audience_id, position, audience_transition_id);
