// Pieces of ClickHouse that every count of recommendations shares.

export const dayMs = 86_400_000;
export const timeoutMs = 120_000;
/** Grouping goes to disk above this; an embedded engine shares its memory with the rest of the program. */
export const spill =
  "settings max_bytes_before_external_group_by = 250000000, max_bytes_before_external_sort = 250000000";

export const purchases = "('completeCheckout', 'orderPlaced')";
export const sessionKey = "if(session_id = '', concat(identity_key, ' ', toString(toDate(ts))), session_id)";
// Storefront and back office both report an order, and some only one of them.
export const orderKey = "if(order_id = '', concat(source_id, ' ', event_id), order_id)";
export const inWindow = "ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({now:Int64})";

/** ClickHouse writes 64-bit numbers as text or number, by version and setting. */
export type Num = number | string;

// Weights per signal (ranking.md 4); a purchase weighs 10 a piece, at most 3.
const signalTypes =
  "['productPageView', 'searchProductClick', 'recsItemClick', 'addToCart', 'addToWishlist', 'removeFromCart', 'orderReturned']";
const signalWeights = "[1, 1, 1, 4, 3, -2, -6]";
export const signalWeight = `transform(event_type, ${signalTypes}, ${signalWeights}, 0)`;
export const isSignal = `event_type in ${signalTypes.replace("[", "(").replace("]", ")")}`;
