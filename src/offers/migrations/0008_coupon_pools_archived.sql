-- A pool that is put away: its codes open nothing, and it comes back as it was.
alter table coupon_pools add column if not exists archived_at timestamptz;
