-- Uploaded lists of identifiers. Only the first 64 bits of the SHA-256 of each value are kept, never the value.
create table if not exists audience_lists (
  audience_list_id uuid primary key,
  key text not null unique,
  name text not null,
  -- What the values are: email, phone, user_id …
  namespace text not null,
  version integer not null,
  size bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  updated_by text not null
);

-- Sorted entries of the present version, eight bytes each, least significant first, in parts.
create table if not exists audience_list_parts (
  audience_list_id uuid not null,
  version integer not null,
  part integer not null,
  entries bytea not null,
  primary key (audience_list_id, version, part)
);
