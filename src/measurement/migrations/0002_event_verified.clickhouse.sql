-- Whether the sender proved the person: a profile that is computed anew from its events needs it. Rows from before are judged by
-- their source.
alter table events {{onCluster}} add column if not exists verified UInt8 default source_kind in ('server', 'connector');
