-- What a write key is used from; a server's claims about persons and times are believed, a browser's are not.
alter table access_keys add column if not exists source_type text not null default 'browser';
