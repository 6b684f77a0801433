-- Codes of coupons, what was used of them, and the orders that use them. Where tables are spread over machines, the first column
-- of each primary key is the one to spread by: codes, counters and orders grow with the shop, pools and jobs do not.

-- A set of codes of one cart price rule.
create table if not exists coupon_pools (
  pool_id uuid primary key,
  rule_key text not null,
  name text not null,
  created_at timestamptz not null,
  created_by text not null
);
create index if not exists coupon_pools_rule_key_idx on coupon_pools (rule_key);

-- Codes in upper case, in the order of their bytes: a search by their beginning is a range of the index.
create table if not exists coupon_codes (
  code text collate "C" not null primary key,
  pool_id uuid not null,
  use_limit integer,
  expires date,
  job_id uuid,
  created_at timestamptz not null
);
create index if not exists coupon_codes_pool_id_idx on coupon_codes (pool_id, code);

-- Codes that are to be made. A run holds its job until `leased_until`; one that died is taken up by another.
create table if not exists coupon_jobs (
  job_id uuid primary key,
  pool_id uuid not null,
  spec jsonb not null,
  quantity integer not null,
  done integer not null default 0,
  status text not null check (status in ('queued', 'running', 'done', 'cancelled', 'failed')),
  error text,
  lease uuid,
  leased_until timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  finished_at timestamptz
);
create index if not exists coupon_jobs_pool_id_idx on coupon_jobs (pool_id, created_at);
create index if not exists coupon_jobs_open_idx on coupon_jobs (created_at) where status in ('queued', 'running');

-- What is used: `rule` orders of a rule, `spend` minor units it cost (item: rule and currency), `code` orders with a code,
-- `customer` orders of a customer with a rule. Each is the sum of `held` over all orders.
create table if not exists coupon_counters (
  item text not null,
  kind text not null check (kind in ('rule', 'spend', 'code', 'customer')),
  rule_key text not null,
  count bigint not null check (count >= 0),
  primary key (item, kind, rule_key)
);

-- One row an order that uses coupons or limited rules. `total` is what it uses, `held` what it holds of the counters: less
-- while it is to replace another order that holds the rest.
create table if not exists coupon_orders (
  order_id text primary key,
  status text not null check (status in ('reserved', 'redeemed', 'released', 'expired', 'replaced')),
  request_hash text not null,
  customer_key text,
  store_view text not null,
  uses jsonb not null,
  total jsonb not null,
  held jsonb not null,
  replaces text,
  replaced_by text,
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null,
  exported_version integer not null default 0
);
create index if not exists coupon_orders_expires_at_idx on coupon_orders (expires_at) where status = 'reserved';
create index if not exists coupon_orders_customer_key_idx on coupon_orders (customer_key) where customer_key is not null;
create index if not exists coupon_orders_unexported_idx on coupon_orders (updated_at) where exported_version < version;
create index if not exists coupon_orders_empty_idx on coupon_orders (updated_at) where uses = '[]'::jsonb;

-- Orders that came as events and are not yet applied.
create table if not exists coupon_order_reports (
  report_id uuid primary key,
  order_id text not null,
  report jsonb not null,
  created_at timestamptz not null
);

