// Past events written straight into the event store: ten million through the door would take longer than what is measured.
import type { App } from "../../src/app.ts";

/** A million at once went over the memory that the embedded engine may take for one statement. */
const perStatement = 200_000;

/** Events of `visitor-0` and on, spread over the last 60 days: two thirds page views, then product pages, a few carts and orders. */
export async function addPastEvents(
  app: Pick<App, "engines">,
  { profiles, events }: { readonly profiles: number; readonly events: number },
): Promise<void> {
  for (let start = 0; start < events; start += perStatement) {
    const count = Math.min(perStatement, events - start);
    await app.engines.clickhouse.command(
      `insert into events (event_id, source_id, source_kind, event_type, original_name, ts, received_at, identity_key, store_view, properties, context, extra)
       select concat('past-', toString(number)), 'shop', 'native',
         multiIf(number % 30 = 0, 'completeCheckout', number % 12 = 0, 'addToCart', number % 3 = 0, 'productPageView', 'pageView') as type,
         type, now64(3, 'UTC') - toIntervalSecond(3600 + cityHash64(number) % 5180000) as at, at,
         concat('anonymous_id:visitor-', toString(cityHash64(number, 'who') % ${profiles})), 'default',
         concat('{"shelf":"shelf-', toString(number % 20), '","items":[{"sku":"sku-', toString(number % 500), '","qty":1}]}'),
         '{"page":{"path":"/"}}', '{}'
       from numbers(${start}, ${count})`,
    );
  }
}
