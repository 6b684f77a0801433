-- Pages of the audit trail without reads of profiles, which are most of it, and of one action.
create index if not exists audit_entries_changes_idx on audit_entries (seq) where action <> 'profile.read';
create index if not exists audit_entries_action_idx on audit_entries (action, seq);
create index if not exists audit_entries_at_idx on audit_entries using brin (at);
