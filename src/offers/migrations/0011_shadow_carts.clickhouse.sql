-- The last outcome of each cart by the live rules and by the draft of a shadow run. It names the cart and nobody. `rules` and the
-- arrays after it go together: rules that gave something, and changed ones that did not; '' = not a candidate.
create table if not exists offer_shadow_carts {{onCluster}} (
  run_id UUID,
  cart_id String,
  version UInt64,
  at DateTime64(3, 'UTC'),
  is_trusted UInt8,
  store_view LowCardinality(String),
  currency LowCardinality(String),
  lines UInt16,
  subtotal Int64,
  given_live Int64,
  given_draft Int64,
  is_changed UInt8,
  costed_subtotal Int64,
  margin_live Int64,
  margin_draft Int64,
  below_live UInt8,
  below_draft UInt8,
  rules Array(LowCardinality(String)),
  outcomes_live Array(LowCardinality(String)),
  outcomes_draft Array(LowCardinality(String)),
  rules_live Array(Int64),
  rules_draft Array(Int64),
  rules_below Array(UInt8),
  overlaps Array(String),
  sample String codec(ZSTD(3))
) engine = {{engine:ReplacingMergeTree(version)}}
order by (run_id, cart_id)
