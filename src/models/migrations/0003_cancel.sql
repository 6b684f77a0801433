-- Somebody asked for the end of a run; the process that has it ends it with its next sign of life.
alter table model_runs add column if not exists cancel_requested_at timestamptz;
alter table model_runs drop constraint if exists model_runs_status_check;
alter table model_runs add constraint model_runs_status_check check (status in ('running', 'done', 'failed', 'cancelled'));
