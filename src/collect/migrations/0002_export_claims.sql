-- Which exporter works on a begun export, and until when its claim holds.
alter table batches add column if not exists claimed_by text;
alter table batches add column if not exists claimed_until timestamptz;
