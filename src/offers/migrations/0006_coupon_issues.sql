-- Codes that were made for one recipient each. The key is a hash of what they were asked for: it names nobody.
create table if not exists coupon_issues (
  issue_key text not null primary key,
  code text collate "C" not null,
  expires date,
  created_at timestamptz not null
);
