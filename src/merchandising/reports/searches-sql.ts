// The searches of a period as one table, from what every kind of client sends: a request, its answer and the view of its results carry
// one search id; a search without an id is known by its request alone and can be tied to no click. Joins are global: on a cluster each
// side is a table of all shards.

/** Grouping goes to disk above this; an embedded engine shares its memory with the rest of the program. */
export const spill =
  "settings max_bytes_before_external_group_by = 250000000, max_bytes_before_external_sort = 250000000";

export type Num = number | string;

const day = 86_400_000;
/** A purchase counts for the searches before it within this time, whether it names them or not. */
export const purchaseWindowMs = day;

const between = (from: string, to: string) =>
  `ts >= fromUnixTimestamp64Milli(${from}) and ts < fromUnixTimestamp64Milli(${to})`;
const inPeriod = between("{from:Int64}", "{to:Int64}");
/** What follows a search at the end of the period still counts. */
const followed = between("{from:Int64}", `{to:Int64} + ${purchaseWindowMs}`);
const inStoreView = "({storeView:String} = '' or store_view = {storeView:String})";
const session = "if(session_id = '', concat(identity_key, ' ', toString(toDate(ts))), session_id)";
const query = "lowerUTF8(trimBoth(replaceRegexpAll(search_query, '\\\\s+', ' ')))";
// Adobe's clients count from 0, all others from 1.
const rank = `greatest(1, coalesce(JSONExtract(properties, 'rank', 'Nullable(Float64)'),
    JSONExtract(properties, 'items', 1, 'rank', 'Nullable(Float64)'), 0) + if(source_kind in ('snowplow', 'edge'), 1, 0))`;
const purchases = "('completeCheckout', 'orderPlaced')";

/**
 * `searches`: one row a search (session, who, at, query, results, clicks, positions, orders, revenue …), as the beginning of a query.
 *
 * A purchase belongs to the searches that it names; one that names none, to those of the same visitor whose clicked products it holds.
 */
export const withSearches = `with
  asked as (
    select if(search_id = '', concat('event ', source_id, ' ', event_id), search_id) as id,
      any(${session}) as session, argMin(identity_key, ts) as who, toUnixTimestamp64Milli(min(ts)) as at,
      argMin(${query}, ts) as query,
      max(JSONExtract(properties, 'results', 'Nullable(Int64)')) as results,
      max(JSONLength(properties, 'filters') > 0) as has_filters, max(toUnixTimestamp64Milli(ts)) as last_own
    from events
    where ${inPeriod} and ${inStoreView} and search_query != ''
      and (event_type = 'searchRequestSent'
        or (event_type in ('searchResponseReceived', 'searchResultsView') and search_id != ''))
    group by id
  ),
  clicked as (
    select search_id as id, count() as clicks, sum(${rank}) as positions, min(${rank}) as best,
      groupUniqArrayArray(100)(skus) as skus, max(toUnixTimestamp64Milli(ts)) as last_click
    from events where event_type = 'searchProductClick' and search_id != '' and ${followed}
    group by id
  ),
  ordered as (
    select if(order_id = '', concat(source_id, ' ', event_id), order_id) as order_key, any(identity_key) as buyer,
      toUnixTimestamp64Milli(min(ts)) as bought_at, argMax(order_total, order_total) as total, any(currency) as money,
      groupUniqArrayArray(500)(skus) as bought,
      groupUniqArrayArray(100)(arrayDistinct(arrayFilter(x -> x != '',
        arrayPushBack(JSONExtract(properties, 'searchIds', 'Array(String)'), search_id)))) as named
    from events where event_type in ${purchases} and ${followed}
    group by order_key
  ),
  credited as (
    select order_key, total, money, arrayJoin(named) as id from ordered where notEmpty(named)
    union all
    select order_key, total, money, asked.id as id
    from (select * from ordered where empty(named)) as free
    global inner join asked on asked.who = free.buyer
    global inner join clicked on clicked.id = asked.id
    where free.bought_at >= asked.at and free.bought_at < asked.at + ${purchaseWindowMs} and hasAny(clicked.skus, free.bought)
  ),
  earned as (
    select id, uniqExact(order_key) as orders, groupUniqArray((order_key, total, money)) as sales from credited group by id
  ),
  searches as (
    select asked.id as id, session, who, at, query, results, has_filters, greatest(last_own, last_click) as last_own,
      clicks, positions, best, clicked.skus as clicked_skus, orders, sales
    from asked global left join clicked on clicked.id = asked.id global left join earned on earned.id = asked.id
  )
`;

/** Session keys and times of every event, to tell the last one of a session. */
export const sessionEnds = `select ${session} as session, toUnixTimestamp64Milli(max(ts)) as ended from events
  where ${followed} and ${session} global in (select session from asked) group by session`;

/** Times of clicks on search results, by session. */
export const sessionClicks = `select ${session} as session, groupArray(5000)(toUnixTimestamp64Milli(ts)) as times from events
  where event_type = 'searchProductClick' and ${followed} group by session`;
