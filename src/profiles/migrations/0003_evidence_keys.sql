-- One row an identifier of each message: a GIN index over the array was passed over for a scan of the whole table as soon as the rows
-- were asked for in order.
create table if not exists identity_evidence_keys (
  key text not null,
  evidence_id bigint not null,
  primary key (key, evidence_id)
);
insert into identity_evidence_keys (key, evidence_id)
select distinct held.key, e.evidence_id from identity_evidence e cross join unnest(e.keys) as held(key)
on conflict do nothing;
drop index if exists identity_evidence_keys_idx;
