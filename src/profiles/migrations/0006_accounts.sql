-- Who belongs to which account (company), as the states say: the way from an account to its members.
create table if not exists account_members (
  account_id text not null,
  profile_id uuid not null,
  primary key (account_id, profile_id)
);
create index if not exists account_members_profile_id_idx on account_members (profile_id);

-- Accounts of which a member changed what others are judged by. One row an account, however many changes came; whoever has judged all
-- members takes it away, unless the revision has grown meanwhile.
create table if not exists account_changes (
  account_id text primary key,
  revision bigint not null,
  changed_at timestamptz not null
);
create index if not exists account_changes_changed_at_idx on account_changes (changed_at);
