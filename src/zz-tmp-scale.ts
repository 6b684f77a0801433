import { openTestEngines } from "/work/main/src/testing/engines.ts";
import { createRecommendationStore } from "/work/main/src/recommendations/store.clickhouse.ts";
import { learnTogether } from "/work/main/src/recommendations/model.ts";
const e = await openTestEngines(["measurement"]);
const now = Date.now(); const N = Number(process.argv[2]);
for (let from=0; from<N; from+=100000) await e.clickhouse.command(`insert into events (event_id, source_id, event_type, ts, received_at, identity_key, session_id, skus, items_qty, order_id)
 select toString(number), 's', ['productPageView','productPageView','productPageView','productPageView','productPageView','productPageView','addToCart','searchProductClick','completeCheckout','productPageView'][1+number%10],
  fromUnixTimestamp64Milli(toInt64(${now} - (number % 7776000)*1000)), fromUnixTimestamp64Milli(toInt64(${now})), concat('anonymous_id:', toString(intDiv(number,12))), toString(intDiv(number,6)),
  [concat('SKU-', toString(toUInt32(pow(rand(1)/4294967296, 3)*20000)))], [1], if(number%10=8, toString(intDiv(number,20)), '') from numbers(${from}, 100000) settings max_partitions_per_insert_block=1000`);
const s = createRecommendationStore(e.clickhouse);
const t = async (l: string, f: () => Promise<unknown>) => { const a = performance.now(); const r = await f(); console.log(l, (performance.now() - a).toFixed(0), "ms"); return r; };
await t("overview", () => s.overview(now));
await t("productCounts", () => s.productCounts(now));
await t("trends", () => s.trends(now));
const viewed = await t("viewed pairs", () => s.pairCounts("viewed", now)) as any; console.log(viewed.pairs.length);
const bought = await t("bought pairs", () => s.pairCounts("bought", now)) as any; console.log(bought.pairs.length);
const vb = await t("viewedThenBought", () => s.viewedThenBought(now)) as any; console.log(vb.pairs.length);
const sessions = await t("sessions", () => s.sessions(now)) as any; console.log(sessions.length);
await t("learn", async () => learnTogether({ viewed, bought, viewedThenBought: vb, sessions }));
console.log(process.memoryUsage().rss / 1e6);
await e.close();
