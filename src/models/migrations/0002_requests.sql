-- When somebody asked for a training in a process that does not train.
alter table models add column if not exists requested_at timestamptz;
