-- Estimates read a fair sample of everybody: profiles in order of a hash of their id.
create index if not exists profiles_sample_idx on profiles (uuid_hash(profile_id), profile_id);
